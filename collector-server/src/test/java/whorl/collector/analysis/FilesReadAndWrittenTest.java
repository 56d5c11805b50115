package whorl.collector.analysis;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import whorl.collector.analysis.findings.Finding;
import whorl.collector.analysis.findings.Subject;
import whorl.collector.analysis.kinds.Severity;
import whorl.collector.analysis.kinds.Technique;
import whorl.collector.analysis.questions.FilesWritten;

/** Files that were read and written for the intruder. */
class FilesReadAndWrittenTest extends AnalysisFixture {
  @Test
  void filesRead_secretOfASuspectRequest_isHighAndMustBeRotated() throws Exception {
    rows.of("r1", "whorl.FileOpen", "path", "/proc/self/environ", "access", "read");
    rows.request("r1", "GET", "/view", "file=../../proc/self/environ", ADDRESS, 200);

    Finding read = only("files-read");
    Finding secrets = only("secrets");

    assertThat(read.severity()).isEqualTo(Severity.HIGH);
    assertThat(read.techniques()).containsExactly(Technique.PROC_FILESYSTEM);
    assertThat(secrets.severity()).isEqualTo(Severity.HIGH);
    assertThat(secrets.text()).contains("every secret in the environment variables");
  }

  @Test
  void filesRead_missingFile_isMediumAndNothingMustBeRotated() throws Exception {
    rows.of(
        "r1",
        "whorl.FileOpen",
        "path",
        "/var/run/secrets/kubernetes.io/serviceaccount/token",
        "access",
        "read",
        "failed",
        true);
    rows.request("r1", "GET", "/view", "file=../../token", ADDRESS, 404);

    assertThat(only("files-read").severity()).isEqualTo(Severity.MEDIUM);
    assertThat(only("files-read").title()).startsWith("Tried to read");
    assertThat(Rows.of(report(), "secrets")).isEmpty();
  }

  @Test
  void filesWritten_droppedMadeExecutableStartedAndDeleted_isOneFinding() throws Exception {
    addInjection("r1");
    rows.of("r1", "whorl.FileOpen", "path", "/dev/shm/x", "access", "write", "created", true);
    rows.of("r1", "whorl.FileMode", "path", "/dev/shm/x", "mode", "+x");
    rows.of("r1", "whorl.ProcessStart", "command", "/dev/shm/x --now", "pid", 9);
    rows.of("r1", "whorl.FileDelete", "path", "/dev/shm/x");
    addAnsweredRequest("r1");
    rows.event("file.modified", "path", "/dev/shm/x", "sha256", HASH);

    Finding finding = only("files-written");

    assertThat(finding.severity()).isEqualTo(Severity.CRITICAL);
    assertThat(finding.text())
        .contains("created at", "made executable at", "deleted at", "was started with its path")
        .contains("SHA-256 is " + HASH);
    assertThat(finding.techniques())
        .contains(Technique.FILE_PERMISSIONS, Technique.FILE_DELETION, Technique.TOOL_TRANSFER);
    assertThat(finding.subjects()).contains(new Subject(Subject.Kind.HASH, HASH));
  }

  @Test
  void filesWritten_beforeTheBreakIn_areNotTheIntruders() throws Exception {
    rows.event("whorl.FileOpen", "path", "/tmp/lib.so", "access", "write", "created", true);
    rows.later(1000);
    addInjection("r1");
    addAnsweredRequest("r1");

    assertThat(Rows.of(report(), "files-written")).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"+x", "755", "0755", "100755", "rwxr-xr-x", "711"})
  void mode_withExecuteBit_isExecutable(String mode) {
    assertThat(FilesWritten.isExecutable(mode)).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "644", "rw-r--r--", "999", "77777777777777777777", "-x99999999999999"})
  void mode_withoutExecuteBit_isNotExecutable(String mode) {
    assertThat(FilesWritten.isExecutable(mode)).isFalse();
  }
}
