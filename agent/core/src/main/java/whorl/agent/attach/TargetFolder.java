package whorl.agent.attach;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.StringWriter;
import java.nio.channels.Channels;
import java.nio.channels.SeekableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.SecureDirectoryStream;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.List;
import java.util.Properties;
import java.util.Set;
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
 * replace what is in it. But where {@code /tmp} has no sticky bit, as in an emptyDir, it can put
 * another folder or a link in its place at any moment. So everything goes through the descriptor of
 * the folder, and no name is followed: root writes nowhere else.
 */
final class TargetFolder implements AutoCloseable {
  private static final int NAME_BYTES = 8;
  private static final int ANSWER_MAX_BYTES = 64 << 10;
  private static final String INSIDE = "/tmp/";

  private final Path shown;
  private final SecureDirectoryStream<Path> temporary;
  private final SecureDirectoryStream<Path> folder;
  private final Path name;
  private final Owner owner;
  private final Thread atExit;

  private TargetFolder(
      Path shown,
      SecureDirectoryStream<Path> temporary,
      SecureDirectoryStream<Path> folder,
      Path name,
      Owner owner) {
    this.shown = shown;
    this.temporary = temporary;
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
    Path name = Path.of("whorl-attach-" + HexFormat.of().formatHex(random));
    SecureDirectoryStream<Path> parent = opened(Files.newDirectoryStream(temporary));
    try {
      Path shown = Files.createDirectory(temporary.resolve(name));
      SecureDirectoryStream<Path> inside =
          parent.newDirectoryStream(name, LinkOption.NOFOLLOW_LINKS);
      TargetFolder folder = new TargetFolder(shown, parent, inside, name, owner);
      Runtime.getRuntime().addShutdownHook(folder.atExit);
      inside
          .getFileAttributeView(PosixFileAttributeView.class)
          .setPermissions(PosixFilePermissions.fromString("rwxr-xr-x"));
      return folder;
    } catch (IOException | RuntimeException e) {
      parent.close();
      throw e;
    }
  }

  private static SecureDirectoryStream<Path> opened(DirectoryStream<Path> stream)
      throws IOException {
    if (stream instanceof SecureDirectoryStream<Path> secure) {
      return secure;
    }
    stream.close();
    throw new IOException("this Java cannot open files relative to a folder");
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
      write("ca.pem", new ByteArrayInputStream(ca), "r--r--r--");
      all.setProperty("collector.ca", inside("ca.pem"));
    }
    StringWriter text = new StringWriter();
    all.store(text, null);
    byte[] settingsText = text.toString().getBytes(StandardCharsets.UTF_8);
    write("settings", new ByteArrayInputStream(settingsText), "r--------");
    owner.give(view("settings"));
    write("answer", InputStream.nullInputStream(), "rw-------");
    owner.give(view("answer"));
    try (InputStream in = Files.newInputStream(jar)) {
      write("whorl-agent.jar", in, "r--r--r--");
    }
    return inside("whorl-agent.jar")
        + "=attach.answer="
        + inside("answer")
        + ",attach.settings="
        + inside("settings")
        + ",enabled=true";
  }

  private void write(String file, InputStream content, String mode) throws IOException {
    FileAttribute<?> privately =
        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));
    try (OutputStream out =
        Channels.newOutputStream(
            folder.newByteChannel(
                Path.of(file),
                Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
                privately))) {
      content.transferTo(out);
    }
    view(file).setPermissions(PosixFilePermissions.fromString(mode));
  }

  private PosixFileAttributeView view(String file) {
    return folder.getFileAttributeView(
        Path.of(file), PosixFileAttributeView.class, LinkOption.NOFOLLOW_LINKS);
  }

  /** The path of one of its files as the target sees it. */
  private String inside(String file) {
    return INSIDE + name + "/" + file;
  }

  /** What the agent has written so far; untrusted text. */
  List<String> answer() throws IOException {
    Set<OpenOption> reading = Set.of(StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS);
    try (SeekableByteChannel channel = folder.newByteChannel(Path.of("answer"), reading);
        InputStream in = Channels.newInputStream(channel)) {
      return new String(in.readNBytes(ANSWER_MAX_BYTES), StandardCharsets.UTF_8).lines().toList();
    }
  }

  /** Deletes the settings: the agent has read them. */
  void deleteSettings() throws IOException {
    delete("settings");
  }

  private void delete(String file) throws IOException {
    try {
      folder.deleteFile(Path.of(file));
    } catch (NoSuchFileException gone) {
      return; // an earlier call has deleted it
    }
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
    try (temporary;
        folder) {
      // nothing else is done with them
    } catch (IOException e) {
      System.err.println("cannot close " + shown + ": " + e);
    }
  }

  private void deleteFiles() {
    try {
      for (String file : List.of("settings", "answer", "whorl-agent.jar")) {
        delete(file);
      }
      temporary.deleteDirectory(name);
    } catch (DirectoryNotEmptyException certificates) {
      // They stay.
      return;
    } catch (IOException e) {
      System.err.println("cannot delete " + shown + ": " + e + "; delete it yourself");
    }
  }
}
