package whorl.collector.receive.tus;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import whorl.collector.testkit.TestCollector.World;

/** The same with uploads in an object store and a database. */
class SharedTusChunksTest extends TusChunksTest {
  @BeforeAll
  static void share() {
    World.sharedUploads = true;
  }

  @AfterAll
  static void shareNoMore() {
    World.sharedUploads = false;
  }

  /** Other collectors have their files elsewhere; SharedUploadsTest has objects without a row. */
  @Override
  void strayFilesInIncoming_areRemoved() {}
}
