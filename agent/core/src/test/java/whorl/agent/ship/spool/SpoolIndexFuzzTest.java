package whorl.agent.ship.spool;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;
import whorl.agent.ship.tus.DirectTarget;

/** Fuzzes indexes of other JVMs in the spool, and upload targets that come through a pipe. */
class SpoolIndexFuzzTest {
  @FuzzTest
  void anyIndex_isEvidenceOrRefused(byte[] input) throws IOException {
    Path folder = Files.createTempDirectory("spool");
    Path index = folder.resolve(SpoolIndex.FILE);
    try {
      Files.write(index, input);
      StoredEvidence evidence = SpoolIndex.read(folder, null);
      if (evidence != null) {
        assertThat(evidence.entries()).isNotEmpty();
        Set<Integer> numbers = new HashSet<>();
        for (StoredEvidence.Entry entry : evidence.entries()) {
          assertThat(entry.number()).isBetween(0, 19_999);
          // There is no file, so only artifacts that went straight to the collector can be listed.
          assertThat(entry.arrived()).isTrue();
          assertThat(entry.artifact().name()).isNotNull();
          assertThat(entry.artifact().sha256()).isNotNull();
          numbers.add(entry.number());
        }
        assertThat(evidence.bytes()).isZero();
      }
    } catch (IOException refused) {
      assertThat(refused.getMessage()).isNotBlank();
    } finally {
      Files.delete(index);
      Files.delete(folder);
    }
  }

  @FuzzTest
  void anyTarget_isRefusedOrWrittenTheSame(byte[] input) throws IOException {
    DirectTarget target;
    try {
      target = DirectTarget.readFrom(new ByteArrayInputStream(input));
    } catch (IOException refused) {
      return;
    }
    ByteArrayOutputStream written = new ByteArrayOutputStream();
    target.writeTo(written);
    ByteArrayOutputStream second = new ByteArrayOutputStream();
    DirectTarget.readFrom(new ByteArrayInputStream(written.toByteArray())).writeTo(second);
    assertThat(second.toByteArray()).isEqualTo(written.toByteArray());
    assertThat(target.url().authority()).isNotBlank();
  }
}
