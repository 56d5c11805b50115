package whorl.collector.export;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;
import whorl.collector.timeline.Column;
import whorl.evidence.Json;

class FlameGraphTest {
  private FlameGraph graph = new FlameGraph(FlameGraph.Weight.SAMPLES, false);

  @Test
  void stacks_areMerged_outermostFirst_widestFirst() {
    add("java.base/java.lang.Object.wait(Native Method)", "shop.Cart.run(Cart.java:7)");
    add("shop.Cart.sum(Cart.java:9)", "shop.Cart.run(Cart.java:8)");
    add("shop.Cart.sum(Cart.java:10)", "shop.Cart.run(Cart.java:8)");

    assertThat(Json.text(graph.tree()))
        .isEqualTo(
            ("{'name':'all','value':3,'children':[{'name':'shop.Cart.run','value':3,'children':["
                    + "{'name':'shop.Cart.sum','value':2},"
                    + "{'name':'java.lang.Object.wait','value':1}]}],'leftOut':0}")
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
    add("shop.Cart$$Lambda.0x00007f9abc.get(line 3)");

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

    int depth = 1;
    for (FlameGraph.Node node = graph.tree().children().get(0);
        !node.children().isEmpty();
        depth++) {
      node = node.children().get(0);
    }
    assertThat(depth).isEqualTo(128);
  }

  @Test
  void width_isBounded_andEveryStackIsCounted() {
    for (int i = 0; i < 300_000; i++) {
      add("a.Wide.m" + i + "(Wide.java)");
    }
    FlameGraph.Tree tree = graph.tree();

    assertThat(tree.children().stream().mapToInt(FlameGraphTest::count).sum()).isLessThan(10_200);
    assertThat(tree.value()).isEqualTo(300_000);
    assertThat(tree.children().stream().mapToLong(FlameGraph.Node::value).sum()).isEqualTo(300_000);
    assertThat(tree.children().get(tree.children().size() - 1).name()).isEqualTo("other");
  }

  /** Else the names of a graph of hostile evidence fill the memory. */
  @Test
  void names_areBounded() {
    String end = "x".repeat(100_000);
    for (int i = 0; i < 10; i++) {
      add("a.Long.m" + i + end + "(Long.java)");
    }

    assertThat(graph.tree().children())
        .hasSize(10)
        .allMatch(node -> node.name().startsWith("a.Long.m") && node.name().length() <= 512);
  }

  @Test
  void threadsOfTheAgent_areLeftOutAndCounted_unlessAskedFor() {
    String agent = "whorl.agent.thread.AgentThread.run(AgentThread.java:7)";
    for (boolean own : new boolean[] {false, true}) {
      graph = new FlameGraph(FlameGraph.Weight.SAMPLES, own);
      row(Map.of(Column.THREAD_NAME, "whorl-journal", Column.STACK_TRACE, agent));
      row(Map.of(Column.THREAD_NAME, "whorl-tracks", Column.STACK_TRACE, "shop.Cart.run()"));
      row(Map.of(Column.THREAD_NAME, "http-1", Column.STACK_TRACE, agent));

      assertThat(graph.tree().value()).isEqualTo(own ? 3 : 2);
      assertThat(graph.tree().leftOut()).isEqualTo(own ? 0 : 1);
    }
  }

  @Test
  void width_isOfBytesOrTime_whereAskedFor() {
    String stack = "shop.Cart.run()";
    graph = new FlameGraph(FlameGraph.Weight.BYTES, false);
    row(Map.of(Column.STACK_TRACE, stack, Column.FIELDS, "{\"weight\":4096}"));
    row(Map.of(Column.STACK_TRACE, stack, Column.FIELDS, "{\"tlabSize\":1024}"));
    row(Map.of(Column.STACK_TRACE, stack, Column.FIELDS, "{\"weight\":-5}"));
    row(Map.of(Column.STACK_TRACE, stack));
    assertThat(graph.tree().value()).isEqualTo(5_120);

    graph = new FlameGraph(FlameGraph.Weight.TIME, false);
    row(Map.of(Column.STACK_TRACE, stack, Column.DURATION, 20_000_000L));
    row(Map.of(Column.STACK_TRACE, stack));
    assertThat(graph.tree().value()).isEqualTo(20_000_000);
  }

  @Test
  void widths_doNotOverflow() {
    graph = new FlameGraph(FlameGraph.Weight.TIME, false);
    for (int i = 0; i < 4; i++) {
      row(Map.of(Column.STACK_TRACE, "shop.Cart.run()", Column.DURATION, Long.MAX_VALUE));
    }
    assertThat(graph.tree().value()).isEqualTo((1L << 53) - 1);
    assertThat(graph.tree().children().get(0).value()).isEqualTo((1L << 53) - 1);
  }

  private void row(Map<Column, Object> values) {
    graph.accept(HostileRows.row("jdk.ExecutionSample", values));
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
