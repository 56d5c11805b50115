package whorl.collector.receive.shared;

import java.io.IOException;
import java.nio.file.Path;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import whorl.collector.config.S3Location;
import whorl.collector.store.database.Database;
import whorl.collector.store.objects.s3.MotoServer;
import whorl.collector.store.objects.s3.S3Objects;
import whorl.collector.testkit.DelegatingDatabase;
import whorl.collector.testkit.TestDatabase;

/**
 * Uploads on PostgreSQL and a bucket, whose parts have 5 MiB at least. What depends on the records
 * alone is long here: the same tests run with the same records and a folder.
 */
class S3UploadsTest extends SharedUploadsContract {
  @TempDir static Path folder;
  private static MotoServer server;
  private TestDatabase postgres;
  private S3Objects objects;

  @BeforeAll
  static void startServer() throws IOException {
    server = MotoServer.startOrSkip(folder);
    server.create("uploads-bucket", false);
  }

  @AfterAll
  static void stopServer() {
    if (server != null) {
      server.close();
    }
  }

  @Override
  protected SharedWorld openWorld(Path root) throws Exception {
    postgres = TestDatabase.create(TestDatabase.Engine.POSTGRESQL, root);
    Database opened = postgres.open();
    objects =
        S3Objects.open(
            S3Location.parse(
                "s3://uploads-bucket/" + UUID.randomUUID() + "?endpoint=" + server.endpoint()));
    return SharedWorld.withSharedStore(root, () -> new DelegatingDatabase(opened), objects);
  }

  @Override
  protected int step() {
    return 30;
  }

  @Tag("long")
  @Test
  @Override
  void killedBeforeOrAfterAnyCall_nothingAcknowledgedIsLost() throws Exception {
    super.killedBeforeOrAfterAnyCall_nothingAcknowledgedIsLost();
  }

  @Tag("long")
  @Test
  @Override
  void envelopeAtBothAtOnce_sealsOnce() throws Exception {
    super.envelopeAtBothAtOnce_sealsOnce();
  }

  @Tag("long")
  @Test
  @Override
  void clockADayOff_changesNothing() throws Exception {
    super.clockADayOff_changesNothing();
  }

  @Tag("long")
  @Test
  @Override
  void limits_holdAcrossCollectors() throws Exception {
    super.limits_holdAcrossCollectors();
  }

  @AfterEach
  void closeShared() throws Exception {
    if (objects != null) {
      objects.close();
    }
    if (postgres != null) {
      postgres.close();
    }
  }
}
