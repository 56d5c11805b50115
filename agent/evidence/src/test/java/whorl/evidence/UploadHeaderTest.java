package whorl.evidence;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class UploadHeaderTest {
  @Test
  void of_hasPairsOfKeyAndBase64() {
    assertThat(
            UploadHeader.of(
                new Id("agent-01"),
                new Id("capture-1"),
                new Id("evidence-1"),
                new ArtifactName("recording.jfr"),
                "text/plain"))
        .isEqualTo(
            "agent YWdlbnQtMDE=,capture Y2FwdHVyZS0x,evidence ZXZpZGVuY2UtMQ==,"
                + "artifact cmVjb3JkaW5nLmpmcg==,mediaType dGV4dC9wbGFpbg==");
  }
}
