package whorl.dist;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import javax.tools.ToolProvider;

/**
 * An application of the test resources, compiled against the libraries it runs with; and the
 * classes that an intruder injects, compiled into a folder that is on no class path.
 *
 * @param libraries modules of {@code agent/test-apps}
 */
record AppProgram(String source, List<String> libraries, List<String> shells) {
  private static final Path SOURCES = Path.of("src/test/resources/apps");

  /**
   * Compiles all of it; the application's class path.
   *
   * @param classes for the application's
   * @param shellClasses for those that an intruder injects
   */
  String compile(Path classes, Path shellClasses) throws IOException {
    String libraryPath = classPath();
    compile(
        List.of(SOURCES.resolve("Injected.java"), SOURCES.resolve(source + ".java")),
        libraryPath,
        Files.createDirectories(classes));
    Files.createDirectories(shellClasses);
    if (!shells.isEmpty()) {
      compile(
          shells.stream().map(name -> SOURCES.resolve("shells/" + name + ".java")).toList(),
          libraryPath,
          shellClasses);
    }
    return classes + File.pathSeparator + libraryPath;
  }

  private String classPath() throws IOException {
    List<String> path = new ArrayList<>();
    for (String module : libraries) {
      path.addAll(TestLibraries.jars(module));
    }
    return String.join(File.pathSeparator, path);
  }

  private void compile(List<Path> files, String classPath, Path into) {
    List<String> arguments =
        new ArrayList<>(
            List.of("-proc:none", "-nowarn", "--release", "17", "-cp", classPath, "-d"));
    arguments.add(into.toString());
    files.forEach(file -> arguments.add(file.toString()));
    int status =
        ToolProvider.getSystemJavaCompiler()
            .run(null, null, null, arguments.toArray(new String[0]));
    if (status != 0) {
      throw new IllegalStateException(files + " cannot be compiled with " + classPath);
    }
  }

  @Override
  public String toString() {
    return source + " " + libraries;
  }
}
