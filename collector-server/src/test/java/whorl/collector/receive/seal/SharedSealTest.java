package whorl.collector.receive.seal;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Nested;
import whorl.collector.testkit.TestCollector.World;

/** The same with uploads in an object store and a database. */
class SharedSealTest {
  @BeforeAll
  static void share() {
    World.sharedUploads = true;
  }

  @AfterAll
  static void shareNoMore() {
    World.sharedUploads = false;
  }

  @Nested
  class Seal extends SealTest {}

  @Nested
  class Signature extends SealSignatureTest {}

  @Nested
  class Partial extends SealPartialTest {
    /** What is incomplete is copied within the object store, whose room nobody knows. */
    @Override
    void agentGoneWithinAHeap_withoutRoomForACopy_waitsForRoom() {}
  }
}
