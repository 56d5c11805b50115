package whorl.rules.parse;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;

/** Reads rules from the pack inside the agent's jar, from files, and from folders of files. */
public final class RuleFiles {
  private static final int MAX_FILES = 2_000;
  private static final int MAX_DEPTH = 5;

  private final RuleReader reader;
  private final Consumer<String> problems;
  private final boolean limited;
  private int files;

  public RuleFiles(RuleReader reader, Consumer<String> problems) {
    this(reader, problems, true);
  }

  private RuleFiles(RuleReader reader, Consumer<String> problems, boolean limited) {
    this.reader = reader;
    this.problems = problems;
    this.limited = limited;
  }

  /**
   * Reads any number of files in folders of any depth, for a reader that keeps none of their rules.
   * Links to folders are not followed, since they could lead in a circle.
   */
  public static RuleFiles unlimited(RuleReader reader, Consumer<String> problems) {
    return new RuleFiles(reader, problems, false);
  }

  /** Number of files so far, with those that could not be read. */
  public int files() {
    return files;
  }

  public void readPack() {
    RulePack.read((name, documents) -> reader.read(documents, name));
  }

  /** Reads a file of any name, or a folder's {@code .yml} and {@code .yaml} files. */
  public void read(Path path) {
    if (Files.isDirectory(path)) {
      readFolder(path, 1);
    } else if (Files.exists(path)) {
      readFile(path);
    } else {
      problems.accept(path + ": there is no such file or folder");
    }
  }

  /**
   * Reads in the order of names. Skips names with a leading dot: a mounted ConfigMap has its files
   * a second time under {@code ..data}.
   */
  private void readFolder(Path folder, int depth) {
    List<Path> entries = new ArrayList<>();
    try (DirectoryStream<Path> stream = Files.newDirectoryStream(folder)) {
      for (Path entry : stream) {
        if (!entry.getFileName().toString().startsWith(".")) {
          entries.add(entry);
        }
      }
    } catch (IOException | DirectoryIteratorException e) {
      problems.accept(folder + ": cannot be listed: " + e);
      return;
    }
    Collections.sort(entries);
    for (Path entry : entries) {
      if (!Files.isDirectory(entry)) {
        String name = entry.getFileName().toString().toLowerCase(Locale.ROOT);
        if (name.endsWith(".yml") || name.endsWith(".yaml")) {
          readFile(entry);
        }
      } else if (!limited && Files.isSymbolicLink(entry)) {
        problems.accept(entry + ": not read, a link to a folder");
      } else if (!limited || depth < MAX_DEPTH) {
        readFolder(entry, depth + 1);
      } else {
        problems.accept(entry + ": not read, folders are nested more than " + MAX_DEPTH + " deep");
      }
    }
  }

  private void readFile(Path file) {
    if (++files > MAX_FILES && limited) {
      problems.accept(file + ": not read, there are more than " + MAX_FILES + " files of rules");
      return;
    }
    byte[] bytes;
    try (InputStream in = Files.newInputStream(file)) {
      bytes = in.readNBytes(RuleReader.MAX_CHARS + 1);
    } catch (IOException e) {
      problems.accept(file + ": cannot be read: " + e);
      return;
    }
    if (bytes.length > RuleReader.MAX_CHARS) {
      problems.accept(file + ": not read, larger than " + RuleReader.MAX_CHARS + " bytes");
    } else {
      reader.read(new String(bytes, StandardCharsets.UTF_8), file.toString());
    }
  }
}
