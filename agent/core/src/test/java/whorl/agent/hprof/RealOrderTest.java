package whorl.agent.hprof;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Dumps of large programs, streamed as HotSpot writes them, open in common tools. {@code
 * -Dwhorl.heap.mebibytes=500} makes the heaps larger.
 */
@Timeout(600)
class RealOrderTest {
  private static final int MEBIBYTES = Integer.getInteger("whorl.heap.mebibytes", 10);
  private static final PassLimits LIMITS = PassLimits.holding(16 << 20);

  @TempDir private static Path shared;
  private static Path classes;
  @TempDir private Path folder;

  @BeforeAll
  static void compile() throws IOException {
    classes = OrderProgram.compile(shared);
  }

  @ParameterizedTest
  @CsvSource({
    "17, starting, REDACTED",
    "17, load, REDACTED",
    "17, load, FULL",
    "21, starting, REDACTED",
    "21, load, REDACTED",
    "21, load, FULL",
    "25, starting, REDACTED",
    "25, load, REDACTED",
    "25, load, FULL",
  })
  void run_largeProgram_opensInOtherReaders(int release, String phase, Content content)
      throws Exception {
    Path javaHome = InstalledJdk.home(release);
    Path dump = folder.resolve("dump.hprof");
    PassResult result;
    try (OrderProgram program = OrderProgram.start(javaHome, classes, phase, MEBIBYTES)) {
      result = stream(program, content, dump);
    }

    try (InputStream in = Files.newInputStream(dump)) {
      assertThat(RecordOrder.problems(in)).isEmpty();
    }
    assertThat(result.twoStreams()).isEqualTo(release >= 22);
    assertThat(result.stacksDropped()).isZero();
    assertThat(OtherReaders.netBeans(dump))
        .containsKeys("Large", "Many$C0", "Many$C299")
        .containsEntry("java.lang.String", OtherReaders.shark(dump).get("java.lang.String"));
    assertThat(OtherReaders.netBeansFields(dump, "Many$C299"))
        .contains("f299_0", "f299_1", "f299_99");
  }

  private PassResult stream(OrderProgram program, Content content, Path to) throws Exception {
    Path mainPath = pipe("order.hprof");
    Path segmentPath = pipe("order.hprof.p0");
    try (RandomAccessFile main = new RandomAccessFile(mainPath.toFile(), "rw");
        RandomAccessFile segment = new RandomAccessFile(segmentPath.toFile(), "rw");
        InputStream mainIn = new FileInputStream(main.getFD());
        InputStream segmentIn = new FileInputStream(segment.getFD());
        OutputStream out = Files.newOutputStream(to)) {
      Process jcmd = PlantedProgram.dumpTo(program.pid(), mainPath);
      PassResult result =
          new HeapDumpPass(content, LIMITS, Passing::thread).run(mainIn, segmentIn, out);
      assertThat(PlantedProgram.answer(jcmd)).contains("Heap dump file created");
      return result;
    }
  }

  private Path pipe(String name) throws IOException, InterruptedException {
    Path path = folder.resolve(name);
    assertThat(new ProcessBuilder("mkfifo", path.toString()).start().waitFor()).isZero();
    return path;
  }
}
