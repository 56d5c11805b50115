package whorl.agent.hprof;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.HotSpotDiagnosticMXBean;
import java.io.ByteArrayOutputStream;
import java.io.FileInputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.RandomAccessFile;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** HotSpot's own dumps, before and after a pass, as other libraries read them. */
@Timeout(300)
class RealDumpTest {
  private static final PassLimits LIMITS = PassLimits.holding(32 << 20);

  @TempDir private Path folder;

  @Test
  void run_ownDump_hasTheSameObjects() throws Exception {
    Path dump = folder.resolve("own.hprof");
    ManagementFactory.getPlatformMXBean(HotSpotDiagnosticMXBean.class)
        .dumpHeap(dump.toString(), true);

    Path full = pass(Content.FULL, dump);
    Path redacted = pass(Content.REDACTED, dump);

    assertThat(Files.mismatch(full, dump)).isEqualTo(-1);
    assertSameObjects(dump, redacted);
    assertSameObjects(dump, pass(Content.STRUCTURE, dump));
    for (String type : List.of("java.lang.String", "java.util.HashMap$Node")) {
      assertThat(OtherReaders.hashes(dump, type)).isGreaterThan(100);
      assertThat(OtherReaders.hashes(redacted, type)).isZero();
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {17, 21})
  void run_plantedSecretsInOneStream_areRemoved(int release) throws Exception {
    Path dump = folder.resolve("planted.hprof");
    try (PlantedProgram program = PlantedProgram.start(InstalledJdk.home(release), folder)) {
      String answer = PlantedProgram.answer(program.dumpTo(dump));
      assertThat(dump).describedAs(answer).exists();
    }

    Path full = pass(Content.FULL, dump);
    Path redacted = pass(Content.REDACTED, dump);

    assertThat(Planted.found(Files.readAllBytes(dump))).hasSize(Planted.COUNT);
    assertThat(Planted.found(Files.readAllBytes(full))).hasSize(Planted.COUNT);
    assertRedacted(Files.readAllBytes(redacted));
    assertSameObjects(dump, full);
    assertSameObjects(dump, redacted);
  }

  @Test
  void run_twoStreamsThroughPipes_becomeOneDump() throws Exception {
    Path javaHome = InstalledJdk.home(25);
    Path mainPath = pipe("two.hprof");
    Path segmentPath = pipe("two.hprof.p0");
    ByteArrayOutputStream mainRaw = new ByteArrayOutputStream();
    ByteArrayOutputStream segmentRaw = new ByteArrayOutputStream();
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    PassResult result;
    // opened for reading and writing, so that opening does not block and no end of file arrives,
    // because other processes may hold the agent's pipes open too
    try (PlantedProgram program = PlantedProgram.start(javaHome, folder);
        RandomAccessFile main = new RandomAccessFile(mainPath.toFile(), "rw");
        RandomAccessFile segment = new RandomAccessFile(segmentPath.toFile(), "rw");
        InputStream mainIn = new Copying(new FileInputStream(main.getFD()), mainRaw);
        InputStream segmentIn = new Copying(new FileInputStream(segment.getFD()), segmentRaw)) {
      Process jcmd = program.dumpTo(mainPath);
      result =
          new HeapDumpPass(Content.REDACTED, LIMITS, Passing::thread).run(mainIn, segmentIn, out);
      assertThat(PlantedProgram.answer(jcmd)).contains("Heap dump file created");
    }
    assertThat(result.twoStreams()).isTrue();
    assertThat(result.instancesBlanked()).isZero();
    assertThat(result.framesDropped()).isGreaterThan(10 * 2000);

    Path plain = folder.resolve("plain.hprof");
    Files.write(plain, joined(mainRaw.toByteArray(), segmentRaw.toByteArray()));
    Path redacted = folder.resolve("redacted.hprof");
    Files.write(redacted, out.toByteArray());
    Path full = folder.resolve("full.hprof");
    try (OutputStream to = Files.newOutputStream(full)) {
      new HeapDumpPass(Content.FULL, LIMITS, Passing::thread)
          .run(
              Passing.in(mainRaw.toByteArray(), 1 << 16),
              Passing.in(segmentRaw.toByteArray(), 1 << 16),
              to);
    }

    assertThat(Planted.found(Files.readAllBytes(full))).hasSize(Planted.COUNT);
    assertRedacted(out.toByteArray());
    assertThat(DumpText.of(out.toByteArray())).anyMatch(line -> line.endsWith(" virtualSleeper"));
    assertThat(Files.size(full)).isLessThan(Files.size(plain));
    assertSameObjects(plain, full);
    assertSameObjects(plain, redacted);
  }

  private static void assertRedacted(byte[] dump) {
    assertThat(Planted.found(dump)).isEmpty();
    assertThat(Planted.beginnings(dump)).isZero();
    // and names are left
    assertThat(new String(dump, StandardCharsets.ISO_8859_1))
        .contains("Planter", "java/util/HashMap$Node", "KEPT");
  }

  private static void assertSameObjects(Path before, Path after) throws IOException {
    Map<String, Long> counts = OtherReaders.shark(before);
    assertThat(counts).hasSizeGreaterThan(400);
    assertThat(OtherReaders.shark(after)).isEqualTo(counts);
    assertThat(OtherReaders.netBeans(after)).isEqualTo(OtherReaders.netBeans(before));
  }

  private Path pass(Content content, Path dump) throws IOException, InterruptedException {
    Path passed = folder.resolve(content + "-" + dump.getFileName());
    try (InputStream in = new FileInputStream(dump.toFile());
        OutputStream out = Files.newOutputStream(passed)) {
      PassResult result =
          new HeapDumpPass(content, LIMITS, Passing::thread)
              .run(in, InputStream.nullInputStream(), out);
      assertThat(result.instancesBlanked()).isZero();
      assertThat(result.bytesOut()).isEqualTo(Files.size(passed));
    }
    return passed;
  }

  private static byte[] joined(byte[] main, byte[] segment) {
    byte[] dump = Arrays.copyOf(main, main.length + segment.length);
    System.arraycopy(segment, 0, dump, main.length - 9, segment.length);
    System.arraycopy(main, main.length - 9, dump, dump.length - 9, 9);
    return dump;
  }

  private Path pipe(String name) throws IOException, InterruptedException {
    Path path = folder.resolve(name);
    assertThat(new ProcessBuilder("mkfifo", path.toString()).start().waitFor()).isZero();
    return path;
  }

  /** Keeps a copy of the read bytes, and still reports the available ones. */
  private static final class Copying extends FilterInputStream {
    private final ByteArrayOutputStream copy;

    Copying(InputStream in, ByteArrayOutputStream copy) {
      super(in);
      this.copy = copy;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
      int count = super.read(bytes, offset, length);
      if (count > 0) {
        copy.write(bytes, offset, count);
      }
      return count;
    }
  }
}
