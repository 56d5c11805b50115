package whorl.agent.ship.tus;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import whorl.agent.config.AgentConfig;
import whorl.agent.config.Secret;
import whorl.agent.ship.Samples;
import whorl.evidence.ArtifactName;

final class DirectTargetTest {
  private static final AgentConfig.Collector ALL =
      new AgentConfig.Collector(
          URI.create("https://collector.example:7117/base"),
          new Secret("a-token"),
          Path.of("/run/token"),
          Path.of("/run/ca.pem"),
          Path.of("/run/cert.pem"),
          Path.of("/run/key.pem"));

  @Test
  void readFrom_writtenTarget_isEqual() throws Exception {
    DirectTarget target = target(ALL);

    DirectTarget read = DirectTarget.readFrom(new ByteArrayInputStream(written(target)));

    assertThat(read)
        .usingRecursiveComparison()
        .withEqualsForType((one, other) -> one.reveal().equals(other.reveal()), Secret.class)
        .isEqualTo(target);
  }

  @Test
  void readFrom_onlyAUrl_hasNullsElsewhere() throws Exception {
    DirectTarget target =
        target(new AgentConfig.Collector(ALL.url(), null, null, null, null, null));

    assertThat(DirectTarget.readFrom(new ByteArrayInputStream(written(target)))).isEqualTo(target);
  }

  @Test
  void readFrom_moreBytesFollow_leavesThem() throws Exception {
    byte[] one = written(target(ALL));
    byte[] both = Arrays.copyOf(one, one.length + 1);
    both[one.length] = 42;
    ByteArrayInputStream in = new ByteArrayInputStream(both);

    DirectTarget.readFrom(in);

    assertThat(in.read()).isEqualTo(42);
  }

  @Test
  void readFrom_truncatedOrChanged_throwsWithoutQuotingTheInput() throws Exception {
    byte[] whole = written(target(ALL));
    for (int length = 0; length < whole.length; length++) {
      byte[] cut = Arrays.copyOf(whole, length);
      assertThatIOException()
          .isThrownBy(() -> DirectTarget.readFrom(new ByteArrayInputStream(cut)));
    }
    for (int at = 0; at < whole.length; at++) {
      byte[] changed = whole.clone();
      changed[at] ^= 0x55;
      String message = failure(changed);
      assertThat(message == null || !message.contains("a-token"))
          .as("message at %s: %s", at, message)
          .isTrue();
    }
  }

  @Test
  void toString_ofATarget_hidesTheToken() {
    assertThat(target(ALL).toString()).doesNotContain("a-token");
  }

  @Test
  void construct_noUrl_isRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> target(new AgentConfig.Collector(null, null, null, null, null, null)))
        .withMessageContaining("collector.url");
  }

  private static DirectTarget target(AgentConfig.Collector collector) {
    return new DirectTarget(
        collector,
        Samples.AGENT,
        Samples.id(),
        Samples.id(),
        new ArtifactName("heap.hprof.gz.age"),
        "application/octet-stream");
  }

  private static byte[] written(DirectTarget target) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    target.writeTo(out);
    return out.toByteArray();
  }

  private static @Nullable String failure(byte[] bytes) {
    try {
      DirectTarget.readFrom(new ByteArrayInputStream(bytes));
      return null;
    } catch (IOException e) {
      return e.toString();
    }
  }
}
