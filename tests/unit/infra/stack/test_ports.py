"""Free ports on loopback: the recorded one if it is free, another one otherwise."""

import socket

from infra.stack.ports import choose, is_free


def test_each_name_gets_a_port_of_its_own() -> None:
    ports = choose([f"server-{number}" for number in range(20)], {})

    assert len(set(ports.values())) == 20
    assert all(is_free(port) for port in ports.values())


def test_a_recorded_port_is_kept_while_it_is_free() -> None:
    first = choose(["kafka"], {})

    assert choose(["kafka", "postgres"], first)["kafka"] == first["kafka"]


def test_a_recorded_port_that_another_program_took_is_replaced() -> None:
    with socket.create_server(("127.0.0.1", 0)) as squatter:
        taken = squatter.getsockname()[1]

        assert not is_free(taken)
        assert choose(["kafka"], {"kafka": taken})["kafka"] != taken


def test_a_record_of_other_servers_is_ignored() -> None:
    assert set(choose(["postgres"], {"kafka": 1})) == {"postgres"}
