package whorl.collector.store.objects.s3;

import java.io.IOException;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import whorl.collector.config.S3Location;
import whorl.collector.store.objects.ObjectStore;
import whorl.collector.store.objects.ObjectStoreContract;

/** The contract, in a prefix of its own for each test. */
abstract class S3ObjectsContract extends ObjectStoreContract {
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
      store = S3Objects.open(location());
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
