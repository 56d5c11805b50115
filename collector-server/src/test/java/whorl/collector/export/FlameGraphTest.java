package whorl.collector.export;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;
import whorl.collector.timeline.Column;
import whorl.evidence.Json;

class FlameGraphTest {
  private final FlameGraph graph = new FlameGraph();

  @Test
  void stacks_areMerged_outermostFirst_widestFirst() {
    add("java.base/java.lang.Object.wait(Native Method)", "shop.Cart.run(Cart.java:7)");
    add("shop.Cart.sum(Cart.java:9)", "shop.Cart.run(Cart.java:8)");
    add("shop.Cart.sum(Cart.java:10)", "shop.Cart.run(Cart.java:8)");

    assertThat(Json.text(graph.tree()))
        .isEqualTo(
            ("{'name':'all','value':3,'children':[{'name':'shop.Cart.run','value':3,'children':["
                    + "{'name':'shop.Cart.sum','value':2},"
                    + "{'name':'java.lang.Object.wait','value':1}]}]}")
                .replace('\'', '"'));
  }

  @Test
  void rowsWithoutStacks_countNothing() {
    graph.accept(HostileRows.row("jdk.ThreadPark", Map.of()));

    assertThat(graph.tree().value()).isZero();
    assertThat(graph.tree().children()).isEmpty();
  }

  @Test
  void hiddenClasses_areMergedRegardlessOfTheirAddress() {
    add("shop.Cart$$Lambda/0x00007f1234.get(Unknown Source)");
    add("app//shop.Cart$$Lambda/0x00007f5678.get(Unknown Source)");

    assertThat(graph.tree().children())
        .singleElement()
        .satisfies(node -> assertThat(node.name()).isEqualTo("shop.Cart$$Lambda.get"));
  }

  @Test
  void depth_isBounded() {
    StringBuilder stack = new StringBuilder();
    for (int i = 0; i < 5_000; i++) {
      stack.append("a.Deep.m").append(i).append("(Deep.java)\n");
    }
    add(stack.toString());

    int depth = 0;
    for (FlameGraph.Node node = graph.tree(); !node.children().isEmpty(); depth++) {
      node = node.children().get(0);
    }
    assertThat(depth).isEqualTo(128);
  }

  @Test
  void width_isBounded_andEveryStackIsCounted() {
    for (int i = 0; i < 300_000; i++) {
      add("a.Wide.m" + i + "(Wide.java)");
    }
    FlameGraph.Node tree = graph.tree();

    assertThat(count(tree)).isLessThan(10_200);
    assertThat(tree.value()).isEqualTo(300_000);
    assertThat(tree.children().stream().mapToLong(FlameGraph.Node::value).sum()).isEqualTo(300_000);
    assertThat(tree.children().get(tree.children().size() - 1).name()).isEqualTo("other");
  }

  private void add(String... frames) {
    graph.accept(
        HostileRows.row(
            "jdk.ExecutionSample", Map.of(Column.STACK_TRACE, String.join("\n", frames))));
  }

  private static int count(FlameGraph.Node node) {
    return 1 + node.children().stream().mapToInt(FlameGraphTest::count).sum();
  }
}
