package io.keyfold.workers.rootkey;

import static org.assertj.core.api.Assertions.assertThat;

import io.keyfold.workers.step.RegistrationCount;
import io.keyfold.workers.step.StorageService;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class RegistrationCountsTest {

    @Test
    void each_kind_of_resource_is_counted_for_its_storage_service() {
        assertThat(counts(
                "crn:v1:bluemix:public:is:us-south-1:a/acc::volume:r006-1",
                "crn:v1:bluemix:public:is:us-south-2:a/acc::volume:r006-2",
                "crn:v1:bluemix:public:is:us-south:a/acc::snapshot:r006-3",
                "crn:v1:bluemix:public:is:us-south:a/acc::image:r006-4",
                "crn:v1:bluemix:public:is:us-south-1:a/acc::share:r006-5",
                "crn:v1:bluemix:public:server-protect:us-south:a/acc:guid::",
                "crn:v1:bluemix:public:cloud-object-storage:global:a/acc:guid:bucket:logs",
                "crn:v1:bluemix:public:databases-for-postgresql:us-south:a/acc:guid::")).containsExactly(
                        new RegistrationCount(StorageService.OBJECT_STORAGE, "cloud-object-storage", "bucket", 1),
                        new RegistrationCount(StorageService.UNKNOWN, "databases-for-postgresql", "", 1),
                        new RegistrationCount(StorageService.BLOCK_STORAGE, "is", "image", 1),
                        new RegistrationCount(StorageService.FILE_STORAGE, "is", "share", 1),
                        new RegistrationCount(StorageService.BLOCK_STORAGE, "is", "snapshot", 1),
                        new RegistrationCount(StorageService.BLOCK_STORAGE, "is", "volume", 2),
                        new RegistrationCount(StorageService.BLOCK_STORAGE, "server-protect", "", 1));
    }

    @Test
    void a_resource_that_two_pages_have_listed_is_one() {
        String volume = "crn:v1:bluemix:public:is:us-south-1:a/acc::volume:r006-1";

        assertThat(counts(volume, volume)).extracting(RegistrationCount::count).containsExactly(1L);
    }

    @Test
    void what_is_no_crn_is_counted_and_its_words_are_not_passed_on() {
        assertThat(counts("nonsense", "crn:v1:bluemix:public:<b>:x:a/acc::VOL UME:1"))
                .containsExactly(new RegistrationCount(StorageService.UNKNOWN, "", "", 2));
    }

    private static List<RegistrationCount> counts(String... crns) {
        return RegistrationCounts.of(
                Stream.of(crns).map(crn -> new KeyRegistration("key-1", crn, false)).toList());
    }
}
