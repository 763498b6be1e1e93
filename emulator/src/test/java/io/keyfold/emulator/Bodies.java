package io.keyfold.emulator;

import io.keyfold.emulator.resourcecontroller.Catalog;

/// The request bodies that the workers send, as IBM documents them.
final class Bodies {

    static final String ACCOUNT = EmulatorSettings.USUAL_ACCOUNT;
    static final String READER = "crn:v1:bluemix:public:iam::::serviceRole:Reader";

    private Bodies() {}

    static String instance(String name, String resourceGroup) {
        return """
                {"name": "%s", "target": "us-south", "resource_group": "%s", "resource_plan_id": "%s",
                 "tags": ["cluster:c1"], "parameters": {"allowed_network": "public-and-private"}}"""
                .formatted(name, resourceGroup, Catalog.KEY_PROTECT.planId());
    }

    static String rootKey(String name, String alias) {
        return key("{\"type\":\"application/vnd.ibm.kms.key+json\",\"name\":\"" + name + "\",\"aliases\":[\"" + alias
                + "\"],\"extractable\":false}");
    }

    static String key(String resource) {
        return "{\"metadata\":{\"collectionType\":\"application/vnd.ibm.kms.key+json\",\"collectionTotal\":1},"
                + "\"resources\":[" + resource + "]}";
    }

    /// File storage to one Key Protect instance, in version 1's words.
    static String fileStorageV1(String instance, String mark) {
        return """
                {"type": "authorization", "description": "%s",
                 "subjects": [{"attributes": [{"name": "accountId", "value": "%s"},
                   {"name": "serviceName", "value": "is"}, {"name": "resourceType", "value": "share"}]}],
                 "roles": [{"role_id": "%s"}],
                 "resources": [{"attributes": [{"name": "accountId", "value": "%s", "operator": "stringEquals"},
                   {"name": "serviceName", "value": "kms", "operator": "stringEquals"},
                   {"name": "serviceInstance", "value": "%s", "operator": "stringEquals"}]}]}"""
                .formatted(mark, ACCOUNT, READER, ACCOUNT, instance);
    }

    /// The same in version 2's.
    static String fileStorageV2(String instance, String mark) {
        return """
                {"type": "authorization", "description": "%s", "control": {"grant": {"roles": [{"role_id": "%s"}]}},
                 "subject": {"attributes": [{"key": "accountId", "operator": "stringEquals", "value": "%s"},
                   {"key": "serviceName", "operator": "stringEquals", "value": "is"},
                   {"key": "resourceType", "operator": "stringEquals", "value": "share"}]},
                 "resource": {"attributes": [{"key": "accountId", "operator": "stringEquals", "value": "%s"},
                   {"key": "serviceName", "operator": "stringEquals", "value": "kms"},
                   {"key": "serviceInstance", "operator": "stringEquals", "value": "%s"}]}}"""
                .formatted(mark, READER, ACCOUNT, ACCOUNT, instance);
    }
}
