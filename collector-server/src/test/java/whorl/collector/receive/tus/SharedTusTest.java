package whorl.collector.receive.tus;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import whorl.collector.testkit.TestCollector.World;

/** The same with uploads in an object store and a database. */
class SharedTusTest extends TusTest {
  @BeforeAll
  static void share() {
    World.sharedUploads = true;
  }

  @AfterAll
  static void shareNoMore() {
    World.sharedUploads = false;
  }
}
