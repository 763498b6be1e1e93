# The deployment's own variables. Keyfold reads those of the encryption and passes over the others.
cluster_prefix          = "hpc-tfvars"
zones                   = ["us-south-1"]
existing_resource_group = "Default"
ssh_keys                = ["ops"]

key_management                              = "key_protect"
skip_iam_block_storage_authorization_policy = false
skip_iam_share_authorization_policy         = false
skip_kms_s2s_auth_policy                    = false
