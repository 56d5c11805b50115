package whorl.agent.library;

import java.io.File;
import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import whorl.agent.classes.ClassPlace;

/** The jars that the JVM was started with: those on its paths, and those of its agents. */
final class FilePaths {
  private static final int PATHS_MAX = 10_000;

  private FilePaths() {}

  /**
   * Returns the files on the class path and the module path, and the agents' jars.
   *
   * @param classPath as in {@code java.class.path}
   * @param modulePath as in {@code jdk.module.path}; folders on it are searched for jars
   * @param agents paths of {@code -javaagent} options
   */
  static Set<Path> atStart(String classPath, String modulePath, List<String> agents) {
    Set<Path> files = new LinkedHashSet<>();
    for (String entry : classPath.split(File.pathSeparator, PATHS_MAX)) {
      add(files, path(entry));
    }
    for (String entry : modulePath.split(File.pathSeparator, PATHS_MAX)) {
      Path path = path(entry);
      if (path != null && Files.isDirectory(path)) {
        addJars(files, path);
      } else {
        add(files, path);
      }
    }
    for (String agent : agents) {
      add(files, path(agent));
    }
    return files;
  }

  /**
   * Returns the jars that the header {@code Class-Path} of a jar names, relative to that jar.
   *
   * @param header URLs separated by blanks; others than files are left out
   */
  static Set<Path> classPath(Path jar, String header) {
    Set<Path> files = new LinkedHashSet<>();
    Path folder = jar.getParent();
    for (String entry : header.split("\\s+", PATHS_MAX)) {
      boolean absolute = entry.startsWith("file:");
      if (entry.isEmpty() || entry.endsWith("/") || (!absolute && entry.indexOf(':') >= 0)) {
        continue;
      }
      // ClassPlace decodes as class loaders do.
      String url = absolute ? entry : "file:" + (entry.startsWith("/") ? entry : "/" + entry);
      ClassPlace place = ClassPlace.of(url);
      if (place != null && place.innerJar() == null) {
        boolean relative = !absolute && !entry.startsWith("/");
        Path named = place.outer();
        add(
            files,
            relative && folder != null
                ? folder.resolve(named.toString().substring(1)).toAbsolutePath().normalize()
                : named.toAbsolutePath().normalize());
      }
    }
    return files;
  }

  private static void addJars(Collection<Path> files, Path folder) {
    try (DirectoryStream<Path> jars = Files.newDirectoryStream(folder, "*.jar")) {
      for (Path jar : jars) {
        add(files, jar);
      }
    } catch (IOException | DirectoryIteratorException unreadable) {
      // The JVM could not read it either.
    }
  }

  private static void add(Collection<Path> files, @Nullable Path path) {
    if (path != null && files.size() < PATHS_MAX) {
      files.add(path);
    }
  }

  private static @Nullable Path path(String text) {
    try {
      return text.isEmpty() ? null : Path.of(text).toAbsolutePath().normalize();
    } catch (InvalidPathException notAPath) {
      return null;
    }
  }
}
