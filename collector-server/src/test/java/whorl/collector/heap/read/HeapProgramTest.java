package whorl.collector.heap.read;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import whorl.agent.hprof.Content;
import whorl.agent.hprof.HeapDumpPass;
import whorl.agent.hprof.PassLimits;

/** What the program finds in a dump of a JVM of its own, whole or damaged. */
@Timeout(120)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class HeapProgramTest {
  private static final String HEAP = PlantedHeap.class.getName();

  @TempDir private static Path folder;
  private Path dump;
  private List<HeapLine> lines;

  @BeforeAll
  void examine() throws Exception {
    dump = PlantedHeap.dump(folder);
    Path zipped = Files.write(folder.resolve("heap.hprof.gz"), PlantedHeap.gzip(dump));
    lines = lines(zipped, true);
    assertThat(lines).allSatisfy(line -> assertThat(line.problem()).isNull());
  }

  @Test
  void biggestObject_isThePlantedOne_withThePathFromItsStaticField() {
    HeapAnalysis.BigObject biggest = biggest(lines).get(0);

    assertThat(biggest.type()).isEqualTo("byte[]");
    assertThat(biggest.shallow()).isEqualTo(PlantedHeap.BIG_BYTES + 16);
    assertThat(biggest.path().root()).contains("class of the loader").contains("AppClassLoader");
    List<HeapAnalysis.Step> steps = biggest.path().steps();
    assertThat(steps.stream().map(HeapAnalysis.Step::type))
        .containsExactly(
            "class " + HEAP,
            "java.util.HashMap",
            "java.util.HashMap$Node[]",
            "java.util.HashMap$Node",
            HEAP + "$Cargo",
            "byte[]");
    assertThat(steps.get(0).reference()).isNull();
    assertThat(steps.get(1).reference()).isEqualTo("static CACHE");
    assertThat(steps.get(2).reference()).isEqualTo("table");
    assertThat(steps.get(3).reference()).matches("\\[\\d+]");
    assertThat(steps.get(4).reference()).isEqualTo("value");
    assertThat(steps.get(5).reference()).isEqualTo("hold");
  }

  @Test
  void histogram_countsClasses() {
    List<HeapAnalysis.ClassCount> classes =
        lines.stream()
            .filter(line -> line.classes() != null)
            .flatMap(line -> line.classes().stream())
            .toList();

    assertThat(classes.get(0).name()).isEqualTo("byte[]");
    assertThat(classes)
        .anySatisfy(
            each -> {
              assertThat(each.name()).isEqualTo("java.lang.String");
              assertThat(each.count()).isGreaterThan(PlantedHeap.COPIES);
              assertThat(each.bytes()).isEqualTo(24 * each.count());
            });
    HeapAnalysis.Summary summary = summary(lines);
    assertThat(classes.stream().mapToLong(HeapAnalysis.ClassCount::count).sum())
        .isEqualTo(summary.objects());
    assertThat(summary.reachableObjects()).isBetween(summary.objects() / 2, summary.objects());
    assertThat(summary.dumpBytes()).isEqualTo(dump.toFile().length());
  }

  @Test
  void equalStrings_areCounted_withTheirText() {
    HeapAnalysis.Duplicates duplicates = duplicates(lines);

    HeapAnalysis.DuplicateString most = duplicates.biggest().get(0);
    assertThat(most.text()).isEqualTo(PlantedHeap.TEXT);
    assertThat(most.count()).isGreaterThanOrEqualTo(PlantedHeap.COPIES);
    assertThat(most.wastedBytes()).isEqualTo((most.count() - 1) * most.bytes());
    assertThat(duplicates.wastedBytes()).isGreaterThanOrEqualTo(most.wastedBytes());
  }

  @Test
  void withoutValues_noTextLeavesTheProgram() throws IOException {
    List<HeapLine> redacted = lines(dump, false);

    assertThat(duplicates(redacted).problem()).contains("values are not in it");
    assertThat(duplicates(redacted).biggest()).isEmpty();
    assertThat(redacted.toString()).doesNotContain(PlantedHeap.TEXT.strip());
    assertThat(biggest(redacted).get(0).path()).isEqualTo(biggest(lines).get(0).path());
  }

  @ParameterizedTest
  @EnumSource(
      value = Content.class,
      names = {"REDACTED", "STRUCTURE"})
  void whatTheAgentTookOut_isNotMissed(Content content) throws Exception {
    Path passed = folder.resolve(content + ".hprof");
    try (InputStream in = Files.newInputStream(dump);
        OutputStream out = Files.newOutputStream(passed)) {
      new HeapDumpPass(content, PassLimits.holding(32 << 20), Thread::new)
          .run(in, InputStream.nullInputStream(), out);
    }

    List<HeapLine> found = lines(passed, false);

    assertThat(problems(found)).isEmpty();
    assertThat(biggest(found)).isEqualTo(biggest(lines));
    assertThat(summary(found).reachableBytes()).isEqualTo(summary(lines).reachableBytes());
    assertThat(suspects(found))
        .extracting(HeapAnalysis.LoaderUse::heldBy, HeapAnalysis.LoaderUse::path)
        .isEqualTo(
            suspects(lines).stream().map(each -> tuple(each.heldBy(), each.path())).toList());
    // the names of classes and fields are all that is left of texts
    assertThat(lines(passed, true).toString()).doesNotContain(PlantedHeap.TEXT.strip());
  }

  @Test
  void loadersThatAThreadLocalHolds_areSuspects() {
    List<HeapAnalysis.LoaderUse> suspects = suspects(lines);

    assertThat(suspects).hasSize(2);
    for (HeapAnalysis.LoaderUse each : suspects) {
      assertThat(each.type()).isEqualTo(HEAP + "$ComponentLoader");
      assertThat(each.suspicion()).contains("2 loaders of this class define " + HEAP);
      assertThat(each.heldBy())
          .startsWith("a thread local of java.lang.Thread")
          .endsWith(", and nothing else");
      assertThat(each.retained()).isPositive();
      assertThat(each.instanceBytes()).isPositive();
      assertThat(each.path().steps().stream().map(HeapAnalysis.Step::reference))
          .contains("threadLocals", "value", "<class>", "<class loader>");
    }
  }

  @Test
  void threads_haveWhatTheyRan() {
    HeapAnalysis.ThreadUse main =
        lines.stream()
            .map(HeapLine::thread)
            .filter(each -> each != null && "main".equals(each.name()))
            .findFirst()
            .orElseThrow();

    assertThat(main.retained()).isGreaterThan(2 << 20); // the two components
    assertThat(main.topFrame()).contains("dumpHeap");
    assertThat(main.locals()).isPositive();
  }

  @Test
  void dumpThatBreaksOff_isReadUpToThere() throws IOException {
    byte[] whole = Files.readAllBytes(dump);
    Path cut = Files.write(folder.resolve("cut"), Arrays.copyOf(whole, whole.length - 4_000_000));

    List<HeapLine> read = lines(cut, false);

    assertThat(problems(read)).anyMatch(each -> each.contains("breaks off or is damaged after"));
    assertThat(summary(read).objects()).isPositive();
  }

  @Test
  void garbage_isRefused() throws IOException {
    Path garbage = Files.writeString(folder.resolve("garbage"), "this is no heap dump\0 at all");
    assertThat(problems(lines(garbage, true)))
        .singleElement()
        .asString()
        .contains("cannot be read");

    Path empty = Files.write(folder.resolve("empty"), new byte[0]);
    assertThat(problems(lines(empty, true))).singleElement().asString().contains("cannot be read");

    byte[] head = Arrays.copyOf(Files.readAllBytes(dump), 31);
    Path only = Files.write(folder.resolve("head"), head);
    assertThat(problems(lines(only, true))).singleElement().asString().contains("no objects");
  }

  @Test
  void bytesThatLie_endInAProblem_orInFewerResults() throws IOException {
    byte[] whole = Files.readAllBytes(dump);
    // strings and classes come first, then objects; the big array's zeros are at no fixed place
    byte[] small = Arrays.copyOf(whole, Math.min(whole.length, 3 << 20));
    Random random = new Random(6);
    for (int round = 0; round < 12; round++) {
      byte[] lying = small.clone();
      for (int i = 0; i < 200; i++) {
        lying[31 + random.nextInt(lying.length - 31)] = (byte) random.nextInt(256);
      }
      Path file = Files.write(folder.resolve("lying"), lying);
      assertThat(problems(lines(file, true))).as("round %d", round).isNotEmpty();
    }
  }

  private static List<HeapLine> lines(Path file, boolean values) throws IOException {
    List<HeapLine> lines = new ArrayList<>();
    HeapProgram.examine(file, values, lines::add);
    return lines;
  }

  private static List<HeapAnalysis.BigObject> biggest(List<HeapLine> lines) {
    return lines.stream().map(HeapLine::biggest).filter(each -> each != null).toList();
  }

  private static List<HeapAnalysis.LoaderUse> suspects(List<HeapLine> lines) {
    return lines.stream()
        .map(HeapLine::loader)
        .filter(each -> each != null && each.suspicion() != null)
        .toList();
  }

  private static HeapAnalysis.Summary summary(List<HeapLine> lines) {
    return lines.stream()
        .map(HeapLine::summary)
        .filter(each -> each != null)
        .findFirst()
        .orElseThrow();
  }

  private static HeapAnalysis.Duplicates duplicates(List<HeapLine> lines) {
    return lines.stream()
        .map(HeapLine::duplicates)
        .filter(each -> each != null)
        .findFirst()
        .orElseThrow();
  }

  private static List<String> problems(List<HeapLine> lines) {
    return lines.stream().map(HeapLine::problem).filter(each -> each != null).toList();
  }
}
