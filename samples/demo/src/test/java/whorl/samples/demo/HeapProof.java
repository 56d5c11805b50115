package whorl.samples.demo;

import static org.assertj.core.api.Assertions.assertThat;

import com.example.heap.HeapApp;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** What is asserted of a dump of {@link HeapApp}, whatever wrote it. */
final class HeapProof {
  private static final String APP = HeapApp.class.getName();

  /** What HotSpot lays over the unused end of a thread's buffer, and allocates over later. */
  private static final List<String> FILLERS =
      List.of("int[]", "jdk.internal.vm.FillerArray", "jdk.internal.vm.FillerElement[]");

  private HeapProof() {}

  static List<String> secretsAndLiteral() {
    List<String> all = new ArrayList<>(HeapProcess.secrets());
    all.add(HeapApp.LITERAL);
    return all;
  }

  /** What is known beforehand, to the last object. */
  static void assertPopulation(Instances instances) {
    assertThat(instances.of(APP + "$Order")).isEqualTo(HeapApp.ORDERS);
    assertThat(instances.of(APP + "$Customer")).isEqualTo(HeapApp.CUSTOMERS);
    assertThat(instances.of(APP + "$Node")).isEqualTo(HeapApp.NODES);
    assertThat(instances.of("java.util.HashMap$Node")).isGreaterThanOrEqualTo(HeapApp.ORDERS);
  }

  /**
   * The same instances of each class as two plain dumps have, made of the same heap before and
   * after. No garbage was collected meanwhile, so that objects could be added, by the JVM and the
   * agent that make a dump, and none could go: the number of each class lies between the two.
   */
  static void assertSameInstances(Instances snapshot, Instances before, Instances after) {
    assertPopulation(snapshot);
    System.out.println(
        "instances: "
            + before.total()
            + " before, "
            + snapshot.total()
            + " in the snapshot, "
            + after.total()
            + " after, of "
            + snapshot.byClass().size()
            + " classes");
    Map<String, String> outside = snapshot.outside(before, after);
    FILLERS.forEach(outside::remove);
    assertThat(outside).isEmpty();
    snapshot
        .byClass()
        .forEach(
            (name, number) -> {
              if (name.startsWith("com.example.")) {
                assertThat(number).as(name).isEqualTo(before.of(name)).isEqualTo(after.of(name));
              }
            });
  }
}
