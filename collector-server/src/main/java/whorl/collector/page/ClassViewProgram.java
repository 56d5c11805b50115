package whorl.collector.page;

import java.io.IOException;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.jar.Manifest;
import org.jetbrains.java.decompiler.api.Decompiler;
import org.jetbrains.java.decompiler.main.extern.IFernflowerLogger;
import org.jetbrains.java.decompiler.main.extern.IFernflowerPreferences;
import org.jetbrains.java.decompiler.main.extern.IResultSaver;
import org.jspecify.annotations.Nullable;
import org.objectweb.asm.ClassReader;
import org.objectweb.asm.Opcodes;
import org.objectweb.asm.util.Textifier;
import org.objectweb.asm.util.TraceClassVisitor;

/**
 * Writes a class file as text to standard output. Runs in a confined JVM, because an attacker's
 * class file may be made to exploit its readers. It never loads the file as a class.
 *
 * <p>Arguments: {@code bytecode} or {@code source}, and the class file.
 */
public final class ClassViewProgram {
  private static final int NEWEST = Opcodes.V26;
  private static final int METHOD_MAX_SECONDS = 10;

  private ClassViewProgram() {}

  public static void main(String[] arguments) throws IOException {
    Path file = Path.of(arguments[1]);
    PrintStream out = new PrintStream(System.out, false, StandardCharsets.UTF_8);
    switch (arguments[0]) {
      case "bytecode" -> bytecode(Files.readAllBytes(file), out);
      case "source" -> source(file, out);
      default -> throw new IllegalArgumentException("no view: " + arguments[0]);
    }
    out.flush();
  }

  private static void bytecode(byte[] bytes, PrintStream out) {
    limitVersion(bytes, out);
    PrintWriter writer = new PrintWriter(out, false, StandardCharsets.UTF_8);
    new ClassReader(bytes).accept(new TraceClassVisitor(null, new Textifier(), writer), 0);
    writer.flush();
  }

  /**
   * Lowers the version of classes that are newer than ASM supports: usually only the version
   * differs.
   */
  private static void limitVersion(byte[] bytes, PrintStream out) {
    int major = bytes.length < 8 ? 0 : (bytes[6] & 0xff) << 8 | bytes[7] & 0xff;
    if (major > NEWEST) {
      out.println("// of class file version " + major + ", read as if it were " + NEWEST);
      bytes[6] = 0;
      bytes[7] = (byte) NEWEST;
    }
  }

  /**
   * Decompiles a copy with the extension .class, because the stored file is named by its digest.
   */
  private static void source(Path file, PrintStream out) throws IOException {
    Path folder = Files.createTempDirectory("class");
    Path named = Files.copy(file, folder.resolve("Shown.class"));
    StreamSaver saver = new StreamSaver(out);
    Decompiler.builder()
        .inputs(named.toFile())
        .output(saver)
        .logger(IFernflowerLogger.NO_OP)
        .option(IFernflowerPreferences.INCLUDE_JAVA_RUNTIME, "")
        .option(IFernflowerPreferences.MAX_PROCESSING_METHOD, METHOD_MAX_SECONDS)
        .option(IFernflowerPreferences.THREADS, "1")
        .option(IFernflowerPreferences.REMOVE_SYNTHETIC, "0")
        .option(IFernflowerPreferences.REMOVE_BRIDGE, "0")
        .option(IFernflowerPreferences.NEW_LINE_SEPARATOR, "1")
        .option(IFernflowerPreferences.INDENT_STRING, "    ")
        .build()
        .decompile();
    if (!saver.hasOutput) {
      throw new IOException("the decompiler found no class in it");
    }
  }

  /** Prints the result instead of writing files. */
  private static final class StreamSaver implements IResultSaver {
    private final PrintStream out;
    private boolean hasOutput;

    StreamSaver(PrintStream out) {
      this.out = out;
    }

    @Override
    public void saveClassFile(
        String path,
        String qualifiedName,
        String entryName,
        @Nullable String content,
        int @Nullable [] mapping) {
      if (content != null) {
        hasOutput = true;
        out.print(content);
      }
    }

    @Override
    public void saveFolder(String path) {}

    @Override
    public void copyFile(String source, String path, String entryName) {}

    @Override
    public void createArchive(String path, String archiveName, @Nullable Manifest manifest) {}

    @Override
    public void saveDirEntry(String path, String archiveName, String entryName) {}

    @Override
    public void copyEntry(String source, String path, String archiveName, String entry) {}

    @Override
    public void saveClassEntry(
        String path, String archiveName, String qualifiedName, String entryName, String content) {}

    @Override
    public void closeArchive(String path, String archiveName) {}
  }
}
