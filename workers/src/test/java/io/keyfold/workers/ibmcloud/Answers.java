package io.keyfold.workers.ibmcloud;

import io.keyfold.workers.authorization.AuthorizationRole;
import io.keyfold.workers.authorization.AuthorizationSource;
import io.keyfold.workers.authorization.NewAuthorization;
import io.keyfold.workers.kmsinstance.NewKmsInstance;
import io.keyfold.workers.kmsinstance.NewKmsInstance.AllowedNetwork;
import io.keyfold.workers.rootkey.NewRootKey;
import io.keyfold.workers.step.InstanceAddress;
import java.util.List;
import java.util.Optional;

/// What the APIs answer when all is well, and what the tests ask of them.
final class Answers {
    static final String GUID = "7b1f3c0e-0000-4000-8000-0000000000aa";
    static final String KEY_ID = "02fd6835-6001-4482-a892-13bd2085f75d";
    static final String INSTANCE_CRN = "crn:v1:bluemix:public:kms:us-south:a/acc:" + GUID + "::";
    static final InstanceAddress INSTANCE = new InstanceAddress("us-south", GUID);
    static final NewKmsInstance NEW_INSTANCE = new NewKmsInstance(
            "hpc-1-kms", "us-south", "5c49eabcf5e85881a37e2d100a33b3df", AllowedNetwork.PUBLIC_AND_PRIVATE,
            List.of("lsf"));
    static final NewRootKey NEW_KEY = new NewRootKey("hpc-1-key", "kf-default-abc-1-key-1", "root key of hpc-1");
    static final NewAuthorization NEW_AUTHORIZATION = new NewAuthorization(
            AuthorizationSource.fileStorage(), GUID, List.of(AuthorizationRole.READER), "kf-default-abc-1-share-1");
    static final AuthorizationSource COS = AuthorizationSource.objectStorage(Optional.of("cos-guid"));

    private Answers() {}

    static String instance(String guid, String name, String state) {
        return """
                {"id":"crn:v1:bluemix:public:kms:us-south:a/acc:%1$s::","guid":"%1$s","name":"%2$s","state":"%3$s",
                 "crn":"crn:v1:bluemix:public:kms:us-south:a/acc:%1$s::","region_id":"us-south",
                 "resource_group_id":"5c49eabcf5e85881a37e2d100a33b3df","created_at":"2026-08-01T10:00:00.123456789Z",
                 "created_by":"iam-ServiceId-0000","last_operation":{"type":"create","state":"succeeded"}}"""
                .formatted(guid, name, state);
    }

    static String instances(String nextUrl, String... instances) {
        return "{\"rows_count\":" + instances.length + ",\"next_url\":" + nextUrl + ",\"resources\":["
                + String.join(",", instances) + "]}";
    }

    static String key(String id, String name, int state, boolean extractable) {
        return """
                {"type":"application/vnd.ibm.kms.key+json","id":"%1$s","name":"%2$s","aliases":["kf-default-abc-1-key-1"],
                 "state":%3$d,"extractable":%4$s,"crn":"crn:v1:bluemix:public:kms:us-south:a/acc:%5$s:key:%1$s",
                 "imported":false,"creationDate":"2026-08-01T10:00:00Z","createdBy":"iam-ServiceId-0000"}"""
                .formatted(id, name, state, extractable, GUID);
    }

    static String keys(String... keys) {
        return "{\"metadata\":{\"collectionType\":\"application/vnd.ibm.kms.key+json\",\"collectionTotal\":"
                + keys.length
                + "}" + (keys.length == 0 ? "" : ",\"resources\":[" + String.join(",", keys) + "]") + "}";
    }

    static String keyError(String code, String message) {
        return """
                {"metadata":{"collectionType":"application/vnd.ibm.kms.error+json","collectionTotal":1},"resources":[
                 {"errorMsg":"Conflict: Action could not be performed. Please see `reasons` for more details.","reasons":[
                  {"code":"%s","message":"%s","status":409,"moreInfo":"https://cloud.ibm.com/apidocs/key-protect"}]}]}"""
                .formatted(code, message);
    }

    static String policy(String id, String instanceGuid) {
        return """
                {"id":"%s","type":"authorization","description":"kf-default-abc-1-share-1","state":"active",
                 "created_at":"2026-08-01T10:00:00.000Z",
                 "subjects":[{"attributes":[{"name":"accountId","value":"acc"},{"name":"serviceName","value":"is"},
                   {"name":"resourceType","value":"share"}]}],
                 "roles":[{"role_id":"crn:v1:bluemix:public:iam::::serviceRole:Reader","display_name":"Reader"}],
                 "resources":[{"attributes":[{"name":"accountId","value":"acc"},{"name":"serviceName","value":"kms"},
                   {"name":"serviceInstance","value":"%s"}]}]}""".formatted(id, instanceGuid);
    }

    static String conflict(String policy) {
        return """
                {"trace":"7f3a","errors":[{"code":"policy_conflict_error","message":"The policy wasn't created because an \
                access policy with identical attributes and roles already exists.",
                "details":{"conflicts_with":{"etag":"1-ede4","policy":%s}}}],"status_code":409}"""
                .formatted(policy);
    }
}
