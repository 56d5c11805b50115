package whorl.collector.store.objects.shared;

import java.io.IOException;
import java.nio.file.Path;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import whorl.collector.config.S3Location;
import whorl.collector.store.database.Database;
import whorl.collector.store.objects.ObjectStore;
import whorl.collector.store.objects.s3.MotoServer;
import whorl.collector.store.objects.s3.S3Objects;
import whorl.collector.testkit.TestDatabase;

/** On an S3 server with Object Lock, and PostgreSQL. */
class S3SharedStoreTest extends SharedStoreContract {
  @TempDir static Path folder;
  private static @Nullable MotoServer server;

  private @Nullable TestDatabase databases;
  private @Nullable S3Objects objects;

  @BeforeAll
  static void startServer() throws IOException {
    server = MotoServer.startOrSkip(folder);
    server.create("locked-bucket", true);
  }

  @AfterAll
  static void stopServer() {
    if (server != null) {
      server.close();
    }
  }

  @Override
  ObjectStore objects() throws IOException {
    if (objects == null) {
      objects =
          S3Objects.open(
              S3Location.parse(
                  "s3://locked-bucket/" + UUID.randomUUID() + "?endpoint=" + server.endpoint()));
    }
    return objects;
  }

  @Override
  Database database() throws IOException {
    if (databases == null) {
      databases = TestDatabase.create(TestDatabase.Engine.POSTGRESQL, folder);
    }
    return databases.open();
  }

  @Override
  int rounds() {
    return 8;
  }

  @AfterEach
  void closeAll() throws IOException {
    if (databases != null) {
      databases.close();
    }
    if (objects != null) {
      objects.close();
    }
  }
}
