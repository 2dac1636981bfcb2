-- The unmasking process opens the vault with its private key and reads no event: dossier keys are not its business.
-- Run as keys_owner.

revoke execute on function keys.open (uuid[], text) from unmask;
revoke usage on schema keys from unmask;
