package whorl.collector.cases;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.reflect.Proxy;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import whorl.collector.store.objects.EvidenceStore;
import whorl.collector.store.records.CaseLedger;
import whorl.collector.testkit.Records;
import whorl.collector.testkit.TestCollector;
import whorl.evidence.Id;

/** A hold locks the evidence in an object store, and the lock goes with the last hold. */
class HeldObjectsTest {
  private static final Id CASE = new Id("case-0001");

  @TempDir Path root;

  @Test
  void objects_areLockedAsLongAsAnyHoldIsOn() throws Exception {
    try (TestCollector collector = TestCollector.open(root)) {
      Id evidence = Records.put(collector, Records.of(Instant.now(), "a.txt", 1));
      List<String> locks = new ArrayList<>();
      Holds holds = new Holds(recording(collector.store, locks), collector.custody);

      holds.hold(evidence, "responder", "wanted");
      holds.holdCase(CASE, List.of(evidence), "responder", "wanted");
      holds.release(evidence, "admin", "no more");
      holds.releaseCase(CASE, "admin", "closed");

      String held = evidence + " true";
      assertThat(locks).containsExactly(held, held, held, evidence + " false");
    }
  }

  /** Such as after a restore, where content of one piece is not there any more. */
  @Test
  void evidenceOfACaseThatCannotBeLocked_keepsNoOtherFromIt() throws Exception {
    try (TestCollector collector = TestCollector.open(root)) {
      Id lost = Records.put(collector, Records.of(Instant.now(), "a.txt", 1));
      Id other = Records.put(collector, Records.of(Instant.now(), "b.txt", 1));
      List<String> locks = new ArrayList<>();
      EvidenceStore store = recording(collector.store, locks);
      Holds holds = new Holds(failing(store, lost), collector.custody);

      assertThatThrownBy(() -> holds.holdCase(CASE, List.of(lost, other), "responder", "wanted"))
          .hasMessageContaining("evidence " + lost);

      assertThat(locks).containsExactly(other + " true");
      assertThat(holds.isHeld(lost)).as("custody has the hold all the same").isTrue();
    }
  }

  /**
   * Somebody with the keys of a bucket could otherwise end all collectors by one deleted object.
   */
  @Test
  void lostEvidenceOfACaseOnHold_doesNotKeepACollectorFromStarting() throws Exception {
    try (TestCollector collector = TestCollector.open(root)) {
      Id lost = Records.put(collector, Records.of(Instant.now(), "a.txt", 1));
      Id other = Records.put(collector, Records.of(Instant.now(), "b.txt", 1));
      Cases cases = cases(collector, collector.store);
      Id id = cases.create("A break-in", null, List.of(), "responder").id();
      cases.add(id, lost, "responder");
      cases.add(id, other, "responder");
      cases.hold(id, "wanted", "responder");
      List<String> locks = new ArrayList<>();

      Cases restarted = cases(collector, failing(recording(collector.store, locks), lost));

      assertThat(restarted.exists(id)).isTrue();
      assertThat(locks).containsExactly(other + " true");
    }
  }

  private static Cases cases(TestCollector collector, EvidenceStore store) throws Exception {
    return Cases.open(
        new CaseLedger(collector.casesDatabase),
        new Holds(store, collector.custody),
        collector.custody,
        InstantSource.system(),
        evidence -> "");
  }

  private static EvidenceStore failing(EvidenceStore store, Id lost) {
    return (EvidenceStore)
        Proxy.newProxyInstance(
            EvidenceStore.class.getClassLoader(),
            new Class<?>[] {EvidenceStore.class},
            (proxy, method, arguments) -> {
              if (method.getName().equals("hold") && arguments[0].equals(lost)) {
                throw new NoSuchFileException("its content");
              }
              return method.invoke(store, arguments);
            });
  }

  private static EvidenceStore recording(EvidenceStore store, List<String> locks) {
    return (EvidenceStore)
        Proxy.newProxyInstance(
            EvidenceStore.class.getClassLoader(),
            new Class<?>[] {EvidenceStore.class},
            (proxy, method, arguments) -> {
              if (method.getName().equals("hold")) {
                locks.add(arguments[0] + " " + arguments[1]);
              }
              return method.invoke(store, arguments);
            });
  }
}
