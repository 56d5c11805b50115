package whorl.agent.capture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.OutputStream;
import java.lang.reflect.Proxy;
import java.time.InstantSource;
import org.junit.jupiter.api.Test;
import whorl.evidence.ArtifactName;

/** A full spool costs the artifact, but not the capture. */
class GuardedOutputTest {
  private static final ArtifactName NAME = ArtifactName.EVENTS;

  private final AcquisitionLog log = new AcquisitionLog(InstantSource.system());

  /** An artifact that rejects all bytes, and whose close writes what a filter has buffered. */
  private static EvidenceSink.Draft full(boolean failsAtWrite) {
    OutputStream artifact =
        new OutputStream() {
          @Override
          public void write(int b) throws IOException {
            if (failsAtWrite) {
              throw new IOException("no room");
            }
          }

          @Override
          public void close() throws IOException {
            throw new IOException("rolled back before this");
          }
        };
    return (EvidenceSink.Draft)
        Proxy.newProxyInstance(
            EvidenceSink.Draft.class.getClassLoader(),
            new Class<?>[] {EvidenceSink.Draft.class},
            (draft, method, arguments) -> method.getName().equals("create") ? artifact : null);
  }

  @Test
  void revoke_afterAFailedWrite_doesNotFailAgain() throws Exception {
    GuardedOutput output = new GuardedOutput(full(true), log);
    OutputStream artifact = output.create(NAME, "application/x-ndjson");
    assertThatThrownBy(() -> artifact.write(1)).hasMessage("no room");

    assertThat(output.revoke()).isEqualTo(NAME);
  }

  @Test
  void revoke_artifactThatCannotBeClosed_isReportedMissing() throws Exception {
    GuardedOutput output = new GuardedOutput(full(false), log);
    output.create(NAME, "application/x-ndjson").write(1);

    assertThat(output.revoke()).isNull();
    assertThat(String.join("\n", log.lines()))
        .contains("events.ndjson")
        .contains("rolled back before this");
  }

  @Test
  void close_failsFirst_throws() throws Exception {
    OutputStream artifact = new GuardedOutput(full(false), log).create(NAME, "text/plain");

    assertThatThrownBy(artifact::close).hasMessage("rolled back before this");
  }
}
