package whorl.agent.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MemoryBudgetTest {
  private static final long MIB = 1 << 20;
  private static final Path LIMITS = Path.of("../../docs/limits.md");

  @Test
  void smallHeap_doesLess_stepByStep() {
    assertThat(budget(16).off()).isTrue();
    assertThat(budget(32).off()).isFalse();
    assertThat(budget(32).dormant()).isTrue();
    assertThat(budget(64).dormant()).isFalse();
    assertThat(budget(64).recording()).isFalse();
    assertThat(budget(80).recording()).isTrue();
  }

  @Test
  void without_namesWhatIsMissing() {
    assertThat(budget(16).without()).startsWith("heap of 16 MiB: no room for the agent");
    assertThat(budget(32).without())
        .startsWith("heap of 32 MiB: events without stacks, no recording");
    assertThat(budget(64).without()).startsWith("heap of 64 MiB: no recording");
    assertThat(budget(128).without()).isNull();
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 16, 28, 32, 48, 64, 80, 128, 256, 512, 4096, 1 << 20})
  void everyPart_isWithinItsBounds_inAnyHeap(long mebibytes) {
    MemoryBudget budget = budget(mebibytes);

    assertThat(budget.eventBytes()).isBetween(128L << 10, 5 * MIB);
    assertThat(budget.consoleBytes()).isBetween(32L << 10, 4 * MIB);
    assertThat(budget.classBytes()).isBetween(0L, 6 * MIB);
    assertThat(budget.journalBytes()).isBetween(64L << 10, 4 * MIB);
    assertThat(budget.alertBytes()).isBetween(256L << 10, 8 * MIB);
    assertThat(budget.evidenceBytes()).isBetween(512L << 10, 16 * MIB);
    assertThat(budget.reserveBytes()).isBetween(0L, 4 * MIB);
    assertThat(budget.tableBits(11)).isBetween(8, 11);
    assertThat(budget.entries(4096)).isBetween(1, 4096);
    assertThat(budget.keptMatches()).isBetween(2048, 16_384);
  }

  @ParameterizedTest
  @ValueSource(longs = {28, 32, 48, 64, 80, 128, 256, 512, 4096})
  void permanentMemory_isAtMostATwentiethOfTheHeap(long mebibytes) {
    MemoryBudget budget = budget(mebibytes);

    long held = budget.eventBytes() + budget.consoleBytes() + budget.classBytes();

    assertThat(held).isLessThanOrEqualTo(mebibytes * MIB / 20);
  }

  /** The table of docs/limits.md is generated from this class's numbers. */
  @Test
  void document_hasTheSameNumbers() throws IOException {
    List<String> rows = new ArrayList<>();
    for (long heap : new long[] {32, 64, 128, 256, 512, 4096}) {
      MemoryBudget budget = budget(heap);
      rows.add(
          String.join(
              " | ",
              "| " + heap + " MiB",
              kib(budget.eventBytes()),
              kib(budget.consoleBytes()),
              kib(budget.classBytes()),
              kib(budget.journalBytes()),
              kib(budget.alertBytes()),
              kib(budget.evidenceBytes()),
              kib(budget.reserveBytes()) + " |"));
    }

    assertThat(Files.readAllLines(LIMITS)).containsSequence(rows);
  }

  private static String kib(long bytes) {
    return Long.toString(bytes >> 10);
  }

  private static MemoryBudget budget(long mebibytes) {
    return new MemoryBudget(mebibytes * MIB);
  }
}
