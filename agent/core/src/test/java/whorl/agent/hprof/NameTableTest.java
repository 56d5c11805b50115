package whorl.agent.hprof;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import whorl.agent.hprof.held.HoldBudget;

class NameTableTest {
  private final HoldBudget budget = new HoldBudget(8 << 20);
  private final NameTable names = new NameTable(8, budget);

  private void add(long id, String text) throws IOException {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    names.add(id, bytes, 0, bytes.length);
  }

  private List<String> emitted() throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.writeBytes(Dump.withHead(8).bytes());
    names.emit(out::write);
    return DumpText.of(out.toByteArray()).stream().skip(1).collect(Collectors.toList());
  }

  @Test
  void emit_usedNames_writesOnlyThose() throws IOException {
    add(1, "one");
    add(2, "two");
    add(3, "");
    names.markUsed(3);
    names.markUsed(1);
    names.markUsed(99);

    assertThat(emitted()).containsExactly("utf8 1 one", "utf8 3 ");
    assertThat(names.symbols()).isEqualTo(3);
    assertThat(names.dropped()).isEqualTo(1);
  }

  @Test
  void emit_again_writesOnlyNewlyUsedNames() throws IOException {
    add(1, "one");
    add(2, "two");
    add(3, "three");
    names.markUsed(1);
    assertThat(emitted()).containsExactly("utf8 1 one");

    names.markUsed(1);
    names.markUsed(2);
    assertThat(emitted()).containsExactly("utf8 2 two");

    assertThat(emitted()).isEmpty();
  }

  @Test
  void emit_nameAddedAfterItsUse_isWritten() throws IOException {
    names.markUsed(5);
    assertThat(emitted()).isEmpty();

    add(5, "late");

    assertThat(emitted()).containsExactly("utf8 5 late");
  }

  @Test
  void emit_manyAndLongNames_areComplete() throws IOException {
    String longest = "n".repeat(65_535);
    for (int i = 1; i <= 20_000; i++) {
      add(i, "name" + i);
      if (i % 5_000 == 0) {
        add(100_000 + i, longest);
        names.markUsed(100_000 + i);
      }
      if (i % 2 == 0) {
        names.markUsed(i);
      }
    }

    assertThat(emitted())
        .hasSize(10_004)
        .contains("utf8 2 name2", "utf8 20000 name20000", "utf8 105000 " + longest)
        .doesNotContain("utf8 3 name3");
    // a megabyte and a half of texts, compressed, and the identifiers
    assertThat(budget.peakBytes()).isLessThan(900_000);
  }
}
