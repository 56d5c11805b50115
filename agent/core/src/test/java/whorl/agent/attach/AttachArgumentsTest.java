package whorl.agent.attach;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AttachArgumentsTest {
  @TempDir Path folder;

  @Test
  void all_becomeSettings() throws Exception {
    Path token = Files.writeString(folder.resolve("token"), "secret\n");
    Path ca = Files.writeString(folder.resolve("ca"), "PEM");

    AttachArguments arguments =
        parse(
            "7",
            "8",
            "--collector",
            "https://c.example:7117",
            "--token-file=" + token,
            "--ca",
            ca.toString(),
            "--set",
            "service.labels=a=b,c=d");

    assertThat(arguments.pids()).containsExactly(7L, 8L);
    assertThat(arguments.settings())
        .containsExactlyInAnyOrderEntriesOf(
            Map.of(
                "collector.url",
                "https://c.example:7117",
                "collector.token",
                "secret",
                "service.labels",
                "a=b,c=d"));
    assertThat(arguments.ca()).isEqualTo("PEM".getBytes(StandardCharsets.UTF_8));
  }

  @Test
  void token_mayComeFromStandardInput() throws Exception {
    AttachArguments arguments =
        AttachArguments.parse(
            List.of("--all", "--collector", "http://c", "--token-file", "-"),
            new ByteArrayInputStream("typed\n".getBytes(StandardCharsets.UTF_8)));

    assertThat(arguments.pids()).isEmpty();
    assertThat(arguments.settings()).containsEntry("collector.token", "typed");
  }

  @Test
  void token_ofStandardInputThatDoesNotEnd_isItsFirstLine() throws Exception {
    InputStream line = new ByteArrayInputStream("typed\n".getBytes(StandardCharsets.UTF_8));
    InputStream unending =
        new InputStream() {
          @Override
          public int read() throws IOException {
            throw new IOException("this would wait for ever");
          }
        };

    AttachArguments arguments =
        AttachArguments.parse(
            List.of("7", "--collector", "http://c", "--token-file", "-"),
            new SequenceInputStream(line, unending));

    assertThat(arguments.settings()).containsEntry("collector.token", "typed");
  }

  @Test
  void ca_mayBeTheTextItself() throws Exception {
    String pem = "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n";

    AttachArguments arguments = parse("7", "--collector", "https://c", "--ca", pem);

    assertThat(arguments.ca()).isEqualTo(pem.getBytes(StandardCharsets.UTF_8));
  }

  @Test
  void wrongUsage_isNamed() {
    wrong("no process id", "--collector", "http://c");
    wrong("no --collector", "7");
    wrong("exclude each other", "7", "--all", "--collector", "http://c");
    wrong("not a process id or option: --colector", "7", "--colector", "http://c");
    wrong("not an http or https URL: ftp://c", "7", "--collector", "ftp://c");
    wrong("--collector needs a value", "7", "--collector");
    wrong("cannot be read", "7", "--collector", "http://c", "--token-file", "/no/such/file");
    wrong("use --token-file", "7", "--collector", "http://c", "--set", "collector.token=x");
    wrong("not an http or https URL: collector", "7", "--set", "collector.url=collector");
    wrong("--set servce.name: no such setting", "7", "--set", "servce.name=shop");
  }

  private static void wrong(String message, String... arguments) {
    assertThatThrownBy(() -> parse(arguments))
        .isInstanceOf(AttachArguments.Wrong.class)
        .hasMessageContaining(message);
  }

  private static AttachArguments parse(String... arguments) throws AttachArguments.Wrong {
    return AttachArguments.parse(List.of(arguments), new ByteArrayInputStream(new byte[0]));
  }
}
