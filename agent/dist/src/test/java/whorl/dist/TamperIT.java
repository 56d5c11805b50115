package whorl.dist;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.tools.attach.VirtualMachine;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.jar.Attributes;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import whorl.dist.program.AtStackEnd;
import whorl.dist.program.Attached;
import whorl.dist.program.OtherAgent;
import whorl.dist.program.Tamperer;
import whorl.evidence.Digest;
import whorl.evidence.EventLine;

/** Tampering with the agent is reported and repaired, in a child JVM. */
class TamperIT {
  @TempDir Path folder;

  static Stream<Jdk> jdks() throws IOException {
    return Jdk.nextOf(TamperIT.class);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("jdks")
  void tampering_isToldAndUndone(Jdk jdk) throws Exception {
    ChildJvm jvm =
        new ChildJvm(jdk.home())
            .option("-Dwhorl.capture.after=45s")
            .option("-Dwhorl.capture.cooldown=300s");
    Path other = otherAgent();

    Kept.Run run = new Kept(folder).withAgentAfter(other).run(jvm, Tamperer.class);

    assertThat(run.evidence()).as(run.outcome().err()).isNotNull();
    assertThat(run.outcome().exitStatus()).as(run.outcome().err()).isZero();
    Seen seen = new Seen(Kept.events(run.evidence()));
    EventLine property =
        tamper(seen, "security-property-set", "target", "jdk.tls.disabledAlgorithms");
    assertThat(property.stack()).anyMatch(frame -> frame.contains("Tamperer.properties"));
    tamper(seen, "vm-option-set", "target", "MinHeapFreeRatio");
    tamper(seen, "security-manager-set", "target", "none");
    EventLine changed = tamper(seen, "classes-changed", "target", "java.io.FileInputStream");
    assertThat(changed.stack()).anyMatch(frame -> frame.contains("OtherAgent.undo"));
    tamper(seen, "hooks-undone", "target", "file");
    tamper(seen, "hooks-undone", "detail", "woven again");
    tamper(seen, "agent-thread-interrupted", "target", "whorl-upkeep");
    tamper(seen, "agent-thread-ended", "target", "whorl-upkeep");
    tamper(seen, "agent-thread-ended", "target", "whorl-journal");
    seen.none("whorl.Tamper", Map.of("what", "class-in-agent-loader"));
    seen.none("whorl.Tamper", Map.of("what", "self-test-failed"));
    tamper(seen, "recording-changed", "target", "settings");
    EventLine cleared = tamper(seen, "recording-changed", "target", "setSettings");
    assertThat(cleared.stack()).anyMatch(frame -> frame.contains("Tamperer.recordings"));
    tamper(seen, "recording-stopped", "target", "stop");
    tamper(seen, "recording-stopped", "detail", "started again");
    seen.none("whorl.Tamper", Map.of("what", "transformer-removed"));
    seen.alert("Recording Tampered with");
    seen.alert("Security Property Changed at Run Time");
    seen.alert("Classes Changed by Another Agent");
    seen.one("whorl.FileOpen", Map.of("path", "/proc/self/comm"));
    seen.one("whorl.ProcessStart", Map.of("command", "/bin/true afterwards"));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("jdks")
  void fileOpenedAtTheEndOfTheStack_isAnAlert(Jdk jdk) throws Exception {
    Kept.Run run = new Kept(folder).run(new ChildJvm(jdk.home()), AtStackEnd.class);

    assertThat(run.outcome().out()).isEqualTo("opened\n");
    assertThat(run.evidence()).as(run.outcome().err()).isNotNull();
    Seen seen = new Seen(Kept.events(run.evidence()));
    seen.one("whorl.Tamper", Map.of("what", "no-room-for-hook"));
    seen.alert("Something Done at the End of a Stack");
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("jdks")
  void agentAttachedFromOutside_isTold(Jdk jdk) throws Exception {
    Path jar = otherAgent();
    CompletableFuture<Void> attaching =
        CompletableFuture.runAsync(
            () -> attach(folder.resolve("work").resolve("pid"), jar.toString()));

    Kept.Run run =
        new Kept(folder)
            .run(new ChildJvm(jdk.home()).option("-Dwhorl.capture.after=8s"), Attached.class);

    attaching.get(1, TimeUnit.MINUTES);
    assertThat(run.evidence()).as(run.outcome().err()).isNotNull();
    Seen seen = new Seen(Kept.events(run.evidence()));
    seen.one(
        "whorl.AgentLoad",
        Map.of(
            "jar", jar.toString(), "className", OtherAgent.class.getName(), "options", "secretly"));
    EventLine changed = tamper(seen, "classes-changed", "target", "java.lang.StringBuilder");
    assertThat(changed.stack()).anyMatch(frame -> frame.contains("OtherAgent.agentmain"));
    tamper(seen, "attach-listener-started", "target", "Attach Listener");
    seen.alert("Agent Loaded into the Running JVM");
    seen.alert("Classes Changed by Another Agent");
    assertThat(jar.toString().startsWith("/tmp/")).as("where the test's folders are").isTrue();
    seen.alert("Agent from a Writable Folder");
    String content = "files/" + Digest.of(Files.readAllBytes(jar)).hex();
    assertThat(run.evidence().resolve(content)).hasSameBinaryContentAs(jar);
    assertThat(Files.readString(run.evidence().resolve("files.ndjson"))).contains("" + jar);
  }

  private static void attach(Path pid, String jar) {
    try {
      Awaitility.await().atMost(60, TimeUnit.SECONDS).until(() -> Files.exists(pid));
      VirtualMachine machine = VirtualMachine.attach(Files.readString(pid));
      try {
        machine.loadAgent(jar, "secretly");
      } finally {
        machine.detach();
      }
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  private static EventLine tamper(Seen seen, String what, String field, String value) {
    return seen.one("whorl.Tamper", Map.of("what", what, field, value));
  }

  private Path otherAgent() throws IOException {
    Path jar = folder.resolve("other-agent.jar");
    Manifest manifest = new Manifest();
    Attributes attributes = manifest.getMainAttributes();
    attributes.put(Attributes.Name.MANIFEST_VERSION, "1.0");
    attributes.putValue("Premain-Class", OtherAgent.class.getName());
    attributes.putValue("Agent-Class", OtherAgent.class.getName());
    attributes.putValue("Can-Retransform-Classes", "true");
    try (OutputStream out = Files.newOutputStream(jar)) {
      new JarOutputStream(out, manifest).close();
    }
    return jar;
  }
}
