package whorl.collector.receive.seal;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import whorl.collector.testkit.TestCollector.World;

/** The same with uploads in an object store and a database. */
class SharedSealTest extends SealTest {
  @BeforeAll
  static void share() {
    World.sharedUploads = true;
  }

  @AfterAll
  static void shareNoMore() {
    World.sharedUploads = false;
  }

  /** What is incomplete is copied within the object store, whose room nobody knows. */
  @Override
  void agentGoneWithinAHeap_withoutRoomForACopy_waitsForRoom() {}
}
