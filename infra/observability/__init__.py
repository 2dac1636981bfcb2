"""What watches the bus: where Prometheus scrapes, when it alarms, and the dashboard of Grafana."""
