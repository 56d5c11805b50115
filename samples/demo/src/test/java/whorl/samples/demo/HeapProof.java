package whorl.samples.demo;

import static org.assertj.core.api.Assertions.assertThat;

import com.example.heap.HeapApp;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** What is asserted of a dump of {@link HeapApp}, whoever made it. */
final class HeapProof {
  private static final String APP = HeapApp.class.getName();

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
   * The same instances of each class as two plain dumps have that were made of the same quiet heap,
   * one before and one after: of all the application's classes, and of all but one in a hundred of
   * the others, which the JVM and the agent need to make a dump.
   */
  static void assertSameInstances(Instances snapshot, Instances before, Instances after) {
    assertPopulation(snapshot);
    Map<String, String> outside = snapshot.outside(before, after);
    System.out.println(
        "instances: "
            + (snapshot.byClass().size() - outside.size())
            + " of "
            + snapshot.byClass().size()
            + " classes as in plain dumps; the others: "
            + outside);
    assertThat(outside.keySet()).noneMatch(name -> name.startsWith("com.example."));
    assertThat(outside.size()).isLessThan(snapshot.byClass().size() / 100);
  }
}
