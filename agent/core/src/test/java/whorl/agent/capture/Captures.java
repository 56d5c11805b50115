package whorl.agent.capture;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Set;
import whorl.agent.capture.jvm.PackageOpener;
import whorl.agent.config.AgentConfig;
import whorl.agent.config.ConfigLoader;
import whorl.evidence.AgentIdentity;
import whorl.evidence.Alert;
import whorl.evidence.ArtifactName;
import whorl.evidence.Id;
import whorl.evidence.Level;

/** Fixtures shared by the tests of captures. */
public final class Captures {
  public static final InstantSource CLOCK = InstantSource.system();
  public static final PackageOpener CLOSED =
      (module, packageName) -> {
        throw new IllegalStateException(module + "/" + packageName + " stays closed");
      };
  public static final AgentIdentity AGENT =
      new AgentIdentity(
          Id.next(CLOCK), "shop", null, Map.of(), null, null, null, "host", 1, "JVM", "0.1.0");

  private Captures() {}

  public static CaptureContext context(String... kinds) {
    return new CaptureContext(
        Id.next(CLOCK), Id.next(CLOCK), Set.of(kinds), null, "a test", Instant.now(), false);
  }

  public static CaptureContext context(Alert alert) {
    return new CaptureContext(
        Id.next(CLOCK), Id.next(CLOCK), Set.of("all"), alert, "a test", Instant.now(), false);
  }

  public static Alert alert(String rule) {
    return alert(rule, Level.HIGH);
  }

  public static Alert alert(String rule, Level level) {
    return new Alert(
        Id.next(CLOCK),
        "whorl",
        Instant.now(),
        rule,
        level,
        rule + " fired",
        null,
        List.of(),
        Map.of("path", "/etc/shadow"),
        "main",
        List.of("a.B.c(B.java:1)"));
  }

  public static AgentConfig config(String arguments) {
    return ConfigLoader.load(arguments + ",evidence.dir=/evidence", name -> null, name -> null);
  }

  @FunctionalInterface
  public interface Collect {
    void collect(CaptureContext context, ArtifactOutput out)
        throws IOException, InterruptedException;
  }

  public static ArtifactSource source(String kind, ArtifactSource.Moment moment, Collect collect) {
    return source(kind, moment, Duration.ofMillis(300), collect);
  }

  public static ArtifactSource source(
      String kind, ArtifactSource.Moment moment, Duration deadline, Collect collect) {
    return new ArtifactSource() {
      @Override
      public String kind() {
        return kind;
      }

      @Override
      public Moment moment(CaptureContext context) {
        return moment;
      }

      @Override
      public Duration deadline() {
        return deadline;
      }

      @Override
      public void collect(CaptureContext context, ArtifactOutput out)
          throws IOException, InterruptedException {
        collect.collect(context, out);
      }
    };
  }

  public static void write(ArtifactOutput out, String name, String text) throws IOException {
    try (OutputStream stream = out.create(new ArtifactName(name), "text/plain")) {
      stream.write(text.getBytes(StandardCharsets.UTF_8));
    }
  }
}
