package whorl.agent.attach;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.List;
import java.util.Properties;
import org.jspecify.annotations.Nullable;

/**
 * A folder with a random name in the target's {@code /tmp}, for the time of one attachment.
 *
 * <pre>
 * whorl-agent.jar  0444              the agent; the JVM keeps it open
 * settings         0400, the JVM's   the settings, with the token; deleted as soon as they are read
 * answer           0600, the JVM's   lines that the agent writes
 * ca.pem           0444              the collector's CA: stays, because each connection reads it
 * </pre>
 *
 * <p>The folder belongs to the user of this process. If that is root, the application cannot
 * replace what is in it.
 */
final class TargetFolder implements AutoCloseable {
  private static final int NAME_BYTES = 8;
  private static final int ANSWER_MAX_BYTES = 64 << 10;
  private static final String INSIDE = "/tmp/";

  private final Path folder;
  private final String name;
  private final Owner owner;
  private final Thread atExit;

  private TargetFolder(Path folder, String name, Owner owner) {
    this.folder = folder;
    this.name = name;
    this.owner = owner;
    this.atExit = new Thread(this::deleteFiles, "whorl-attach-exit");
  }

  /**
   * Creates it empty.
   *
   * @param temporary the target's {@code /tmp}, through its root
   */
  static TargetFolder create(Path temporary, Owner owner) throws IOException {
    byte[] random = new byte[NAME_BYTES];
    new SecureRandom().nextBytes(random);
    String name = "whorl-attach-" + HexFormat.of().formatHex(random);
    Path path = Files.createDirectory(temporary.resolve(name));
    TargetFolder folder = new TargetFolder(path, name, owner);
    Runtime.getRuntime().addShutdownHook(folder.atExit);
    mode(path, "rwxr-xr-x");
    return folder;
  }

  /**
   * Fills it.
   *
   * @param jar the agent's
   * @param settings by key
   * @param ca PEM certificates of the collector's CA; null for none
   * @return the options for the agent
   */
  String fill(Path jar, Properties settings, byte @Nullable [] ca) throws IOException {
    Properties all = new Properties();
    all.putAll(settings);
    if (ca != null) {
      write("ca.pem", ca, "r--r--r--");
      all.setProperty("collector.ca", inside("ca.pem"));
    }
    StringWriter text = new StringWriter();
    all.store(text, null);
    owner.give(write("settings", text.toString().getBytes(StandardCharsets.UTF_8), "r--------"));
    owner.give(write("answer", new byte[0], "rw-------"));
    Path copy = Files.createFile(folder.resolve("whorl-agent.jar"), privately());
    try (InputStream in = Files.newInputStream(jar);
        OutputStream out = Files.newOutputStream(copy)) {
      in.transferTo(out);
    }
    mode(copy, "r--r--r--");
    return inside("whorl-agent.jar")
        + "=attach.answer="
        + inside("answer")
        + ",attach.settings="
        + inside("settings")
        + ",enabled=true";
  }

  private Path write(String file, byte[] content, String mode) throws IOException {
    Path path = Files.createFile(folder.resolve(file), privately());
    Files.write(path, content, StandardOpenOption.WRITE);
    mode(path, mode);
    return path;
  }

  private static java.nio.file.attribute.FileAttribute<?> privately() {
    return PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));
  }

  private static void mode(Path path, String mode) throws IOException {
    Files.setPosixFilePermissions(path, PosixFilePermissions.fromString(mode));
  }

  /** The path of one of its files as the target sees it. */
  private String inside(String file) {
    return INSIDE + name + "/" + file;
  }

  /** What the agent has written so far; untrusted text. */
  List<String> answer() throws IOException {
    try (InputStream in = Files.newInputStream(folder.resolve("answer"))) {
      return new String(in.readNBytes(ANSWER_MAX_BYTES), StandardCharsets.UTF_8).lines().toList();
    }
  }

  /** Deletes the settings: the agent has read them. */
  void deleteSettings() throws IOException {
    Files.deleteIfExists(folder.resolve("settings"));
  }

  /** Deletes all but the certificates. */
  @Override
  public void close() {
    deleteFiles();
    try {
      Runtime.getRuntime().removeShutdownHook(atExit);
    } catch (IllegalStateException exiting) {
      // It is running already, and does the same.
      return;
    }
  }

  private void deleteFiles() {
    try {
      for (String file : List.of("settings", "answer", "whorl-agent.jar")) {
        Files.deleteIfExists(folder.resolve(file));
      }
      Files.deleteIfExists(folder);
    } catch (DirectoryNotEmptyException certificates) {
      // They stay.
      return;
    } catch (IOException e) {
      System.err.println("cannot delete " + folder + ": " + e + "; delete it yourself");
    }
  }
}
