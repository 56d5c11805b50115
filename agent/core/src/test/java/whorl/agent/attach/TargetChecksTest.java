package whorl.agent.attach;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Each reason to refuse a JVM, with its remedy, before anything is done to the JVM. */
class TargetChecksTest {
  private static final String CAUGHT = "0000000000000004";

  @TempDir Path folder;
  private FakeProcess process;

  @BeforeEach
  void jvm() throws IOException {
    process = new FakeProcess(folder);
  }

  @Test
  void ordinaryJvm_isAccepted_andDescribed() throws Exception {
    assertThatCode(process::check).doesNotThrowAnyException();
    TargetProcess target = process.target();
    assertThat(target.innerPid()).isEqualTo(1);
    assertThat(target.uid()).isEqualTo(1000);
    assertThat(target.describe()).isEqualTo("4711 shop.jar");
  }

  @Test
  void rootOfTheSameNamespace_isAccepted() throws Exception {
    process.self(0, 0);

    assertThatCode(process::check).doesNotThrowAnyException();
  }

  @Test
  void noSuchProcess() {
    refused(() -> TargetProcess.of(process.proc, 9), "there is no process 9");
  }

  @Test
  void nativeProgram() throws Exception {
    process.write("maps", "7f01-7f02 r-xp 0 08:01 9 /usr/lib/libc.so.6\n");

    refused(process::check, "is no JVM");
  }

  @Test
  void openJ9() throws Exception {
    process.write("maps", "1-2 r-xp 0 08:01 9 /opt/java/lib/default/libj9vm29.so\n");

    refused(process::check, "OpenJ9");
  }

  @Test
  void agentIsThere() throws Exception {
    process.thread("whorl-watch");

    assertThatThrownBy(process::check).isInstanceOf(TargetChecks.AlreadyThere.class);
  }

  @Test
  void otherUser() throws Exception {
    process.self(1001, 1000);

    refused(process::check, "runs as user 1000, group 1000");
  }

  @Test
  void otherGroup() throws Exception {
    process.self(1000, 5);

    refused(process::check, "this process is user 1000, group 5");
  }

  @Test
  void rootOfAnotherUserNamespace() throws Exception {
    process.self(0, 0).namespaces("user:[2]", "user:[1]");

    refused(process::check, "another user namespace");
  }

  @Test
  void rootThatCannotBeLookedInto() throws Exception {
    Files.delete(process.folder.resolve("root"));

    refused(process::check, "may not look into");
  }

  @Test
  void noTemporaryFolder() throws Exception {
    Files.delete(process.temporary);

    refused(process::check, "/tmp is no folder");
  }

  /** Else the application could send a root process anywhere. */
  @Test
  void temporaryFolderThatIsALink() throws Exception {
    Files.delete(process.temporary);
    Files.createSymbolicLink(process.temporary, folder);

    refused(process::check, "/tmp is no folder");
  }

  @Test
  void attachDisabled_onTheCommandLine_inAVariable_inAFile() throws Exception {
    process.write("cmdline", "java\0-XX:+DisableAttachMechanism\0Main\0");
    refused(process::check, "-XX:+DisableAttachMechanism");

    process.write("cmdline", "java\0Main\0");
    process.write("environ", "A=b\0JAVA_TOOL_OPTIONS=-Xmx1g -XX:+DisableAttachMechanism\0");
    refused(process::check, "-XX:+DisableAttachMechanism");

    process.write("environ", "A=b\0");
    Files.writeString(process.temporary.resolve("o"), "-Xmx1g\n-XX:+DisableAttachMechanism\n");
    process.write("cmdline", "java\0@/tmp/o\0Main\0");
    refused(process::check, "-XX:+DisableAttachMechanism");
  }

  @Test
  void signalNotHandled_isNeverSent() throws Exception {
    process.status(1000, 1000, "0000000000000000");

    refused(process::check, "does not handle SIGQUIT");
    process.status(1000, 1000, CAUGHT);
    assertThatCode(process::check).doesNotThrowAnyException();
  }

  @Test
  void versions() {
    assertThat(TargetChecks.feature("OpenJDK 64-Bit Server VM version 25+36\nJDK 25.0.0\n"))
        .isEqualTo(25);
    assertThat(TargetChecks.feature("Java HotSpot(TM) version 25.392\nJDK 8.0_392")).isEqualTo(8);
    assertThat(TargetChecks.feature("other")).isZero();
  }

  @Test
  void answersToLoad() {
    assertThat(Attachment.failure(new AttachSocket.Answer(0, "return code: 0\n"))).isNull();
    assertThat(Attachment.failure(new AttachSocket.Answer(0, "return code: 100\n")))
        .contains("100");
    assertThat(Attachment.failure(new AttachSocket.Answer(0, "instrument was not loaded.\n")))
        .contains("instrument was not loaded");
    assertThat(Attachment.failure(new AttachSocket.Answer(-1, ""))).contains("-1");
  }

  private static void refused(ThrowingCallable check, String reason) {
    assertThatThrownBy(check)
        .isInstanceOfSatisfying(
            Refusal.class,
            refusal -> {
              assertThat(refusal.reason()).contains(reason);
              assertThat(refusal.remedy()).isNotBlank();
            });
  }
}
