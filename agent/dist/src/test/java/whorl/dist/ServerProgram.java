package whorl.dist;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import javax.tools.JavaCompiler;
import javax.tools.ToolProvider;

/**
 * A program of the test resources that runs a server, compiled against the libraries of that
 * server's version.
 *
 * @param libraries the module of {@code agent/test-apps} that copies them; empty: none are needed
 * @param source the program's class
 * @param javax whether the server knows the servlet API by its old name
 */
record ServerProgram(String libraries, String source, boolean javax) {
  /** Compiles it. */
  String compile(Path into) throws IOException {
    String text = Files.readString(Path.of("src/test/resources/servers", source + ".java"));
    Path file = Files.createDirectories(into).resolve(source + ".java");
    Files.writeString(file, javax ? text.replace("jakarta.servlet", "javax.servlet") : text);
    String classPath = classPath(into);
    JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    int status =
        compiler.run(
            null,
            null,
            null,
            "-proc:none",
            "-cp",
            classPath,
            "-d",
            into.toString(),
            file.toString());
    if (status != 0) {
      throw new IllegalStateException(source + " cannot be compiled with " + classPath);
    }
    return classPath;
  }

  private String classPath(Path classes) throws IOException {
    List<String> path =
        new ArrayList<>(
            List.of(
                classes.toString(), Path.of("target/test-classes").toAbsolutePath().toString()));
    if (!libraries.isEmpty()) {
      path.addAll(TestLibraries.jars(libraries));
    }
    return String.join(File.pathSeparator, path);
  }

  @Override
  public String toString() {
    return source + (libraries.isEmpty() ? "" : " " + libraries);
  }
}
