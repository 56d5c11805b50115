package whorl.collector.store.objects.s3;

import java.io.IOException;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import whorl.collector.config.S3Location;
import whorl.collector.store.objects.ObjectStore;
import whorl.collector.store.objects.ObjectStoreContract;

/** The contract, in a prefix of its own for each test. */
abstract class S3ObjectsContract extends ObjectStoreContract {
  /** Of the buckets that were tried, so that not every test tries them. */
  private static final Map<String, S3Findings> FINDINGS = new ConcurrentHashMap<>();

  private @Nullable S3Objects store;

  /** Where the server is. */
  abstract String endpoint();

  abstract String bucket();

  @Override
  protected ObjectStore store() throws IOException {
    return s3();
  }

  S3Objects s3() throws IOException {
    if (store == null) {
      S3Findings findings = FINDINGS.get(endpoint() + bucket());
      store =
          findings == null
              ? S3Objects.open(location())
              : S3Objects.known(S3Connection.open(location(), S3Limits.DEFAULT), findings);
      FINDINGS.put(endpoint() + bucket(), store.findings());
    }
    return store;
  }

  S3Location location() {
    return S3Location.parse(
        "s3://" + bucket() + "/test/" + UUID.randomUUID() + "?endpoint=" + endpoint());
  }

  @AfterEach
  void closeStore() {
    if (store != null) {
      store.close();
    }
  }
}
