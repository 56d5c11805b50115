package whorl.agent.hook.entry;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.AbstractList;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import whorl.agent.event.EventSink;
import whorl.agent.event.time.EpochClock;
import whorl.agent.hook.weave.ThreadState;
import whorl.event.AgentEvent;
import whorl.event.EventType;

class ScriptHookTest {
  private final EventSink sink = new EventSink(new EpochClock());
  private final ScriptHook hook = new ScriptHook(sink);

  private void parse(String source) {
    hook.observe(0, new Object[] {source}, ThreadState.of(ThreadState.current()));
  }

  private List<Object> sources() {
    return sink.snapshot().stream()
        .filter(event -> event.type() == EventType.SCRIPT_EVAL)
        .map(event -> event.value(1))
        .toList();
  }

  @Test
  void joinPoints_fitIntoOneHook() {
    assertThat(hook.joinPoints()).hasSizeLessThanOrEqualTo(64);
    assertThat(hook.joinPoints()).doesNotHaveDuplicates();
  }

  @Test
  void sameSource_isReportedOnce_andCounted() {
    for (int i = 0; i < 100_000; i++) {
      parse("name + '!'");
    }
    assertThat(sources()).containsExactly("name + '!'");
    assertThat(hook.losses()).containsEntry("scripts.repeated", 99_999L);
  }

  @Test
  void manyHarmlessSources_areLimited_andTheSuspiciousOneIsReported() {
    for (int i = 0; i < 20_000; i++) {
      parse("price * " + i);
    }
    parse("T(java.lang.Runtime).getRuntime().exec('id')");

    assertThat(sources()).contains("T(java.lang.Runtime).getRuntime().exec('id')");
    long reported = sources().size() - 1;
    assertThat(reported).isLessThan(2_000);
    assertThat(hook.losses()).containsEntry("scripts.rateLimited", 20_000 - reported);
  }

  /** Each is what a built-in rule for scripts looks for. */
  @Test
  void manyHarmlessSources_hideNoneThatARuleLooksFor() {
    List<String> looked =
        List.of(
            "order['class'].x",
            "order[\"class\"].x",
            "type.getDeclaredMethod('run')",
            "type.getDeclaredMethods()",
            "MethodHandles.lookup()",
            "T\t(java .nio .file .Files).readString(#p)",
            "''. class . module",
            "T(java nio file Files)",
            "T\0\0(shop)",
            "nEw shop.A()",
            "new\tshop()",
            "new\0\0shop()",
            "a ? new()",
            "nEw.shop lang A()",
            "class.protectionDomain.codeSource.location",
            "{1}.![class.module]",
            "java['nio']['file']['Files']",
            "new('ja'+'va.io.File','/x')");
    for (int i = 0; i < 20_000; i++) {
      parse("price * " + i);
    }
    looked.forEach(this::parse);

    assertThat(sources()).containsAll(looked);
  }

  @Test
  void longSource_isCut_butDistinguishedFromAnotherLongOne() {
    String start = "x".repeat(5_000);
    parse(start + "1");
    parse(start + "2");

    assertThat(sources()).hasSize(2);
    assertThat(sources().get(0).toString()).hasSize(4_096).endsWith("…");
  }

  /** Whoever pads an expression must not hide it from the rules. */
  @Test
  void longSource_isReportedInPieces_withWhateverIsDangerousInIt() {
    String danger = "T(java.lang.Runtime).getRuntime().exec('id')";
    for (int at : new int[] {4_050, 4_096, 7_700, 20_000, 900_000}) {
      parse(" ".repeat(at) + danger + " ".repeat(at == 900_000 ? 100 : 5_000));
      parse("'" + "x".repeat(at) + "'");
    }

    assertThat(sources().stream().filter(source -> source.toString().contains(danger)).count())
        .isBetween(5L, 10L);
    assertThat(sources()).hasSizeLessThan(20).allMatch(text -> text.toString().length() <= 4_096);
  }

  @Test
  void longSource_dangerousAmongBlanks_isReportedInPieces() {
    String danger = "T\t(shop .Files).x(#p)";
    parse(" ".repeat(5_000) + danger + " ".repeat(5_000));
    parse("''" + " ".repeat(5_000) + "." + " ".repeat(200) + "class . module" + " ".repeat(5_000));

    assertThat(sources()).anyMatch(source -> source.toString().contains(danger));
    assertThat(sources()).anyMatch(source -> source.toString().contains("class . module"));
  }

  /** A rule must see what stands before the blanks beside what stands behind them. */
  @Test
  void longSource_manyBlanksWithinAWord_isReportedWithFew() {
    parse("T" + " ".repeat(5_000) + "(java" + "\0\t".repeat(5_000) + ".lang.Thread)");

    assertThat(sources())
        .singleElement()
        .asString()
        .matches("T {32}\\(java[\\x00\\t]{32}\\.lang\\.Thread\\)");
  }

  /** SpEL passes over further dots in a type's name. */
  @Test
  void longSource_manyDotsWithinAWord_isReportedWithFew() {
    parse("T(" + ".".repeat(5_000) + "java.io.File)");
    parse("T(" + ". ".repeat(3_000) + "java.io.Writer)");
    parse("x".repeat(5_000) + " ".repeat(100) + ".class.module");

    assertThat(sources()).hasSize(4);
    assertThat(sources().get(0).toString()).matches("T\\(\\.{32}java\\.io\\.File\\)");
    assertThat(sources().get(1).toString()).matches("T\\([. ]{64}java\\.io\\.Writer\\)");
    assertThat(sources().get(3).toString()).endsWith(".class.module");
  }

  @Test
  void longSource_dangerousInItsMiddle_isReported() {
    parse(" ".repeat(200_000) + "T(java.lang.Runtime).getRuntime().exec('id')" + " ".repeat(5_000));

    assertThat(sources()).anyMatch(source -> source.toString().contains("Runtime"));
  }

  @Test
  void longSource_withAnotherEnd_isNoRepeat() {
    String padding = " ".repeat(30_000);
    parse(padding + "1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1");
    parse(padding + "T(java.lang.Runtime).getRuntime().exec('id') ");

    assertThat(sources()).anyMatch(source -> source.toString().contains("Runtime"));
  }

  @Test
  void source_thatIsNoText_isIgnored() {
    hook.observe(0, new Object[] {null}, ThreadState.of(ThreadState.current()));
    hook.observe(0, new Object[] {new Object()}, ThreadState.of(ThreadState.current()));
    assertThat(sink.snapshot()).extracting(AgentEvent::type).isEmpty();
  }

  @Test
  void command_isReadOnlyFromTheEnginesLists() {
    ScriptEngines.Entry execute =
        new ScriptEngines()
            .entries().stream()
                .filter(entry -> entry.point().owner().endsWith("/Execute"))
                .findFirst()
                .orElseThrow();
    List<Object> foreign =
        new AbstractList<>() {
          @Override
          public Object get(int index) {
            throw new AssertionError("a list of the application was called");
          }

          @Override
          public int size() {
            return 1;
          }
        };

    assertThat(execute.source().of(Collections.singletonList("id"))).isEqualTo("?new Execute id");
    assertThat(execute.source().of(new ArrayList<>(List.of("id", "-a"))))
        .isEqualTo("?new Execute id");
    assertThat(execute.source().of(foreign)).isEqualTo("?new Execute");
  }
}
