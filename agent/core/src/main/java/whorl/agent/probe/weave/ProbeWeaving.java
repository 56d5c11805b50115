package whorl.agent.probe.weave;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import net.bytebuddy.jar.asm.ClassReader;
import net.bytebuddy.jar.asm.ClassVisitor;
import net.bytebuddy.jar.asm.ClassWriter;
import net.bytebuddy.jar.asm.MethodTooLargeException;
import net.bytebuddy.jar.asm.MethodVisitor;
import net.bytebuddy.jar.asm.Opcodes;
import org.jspecify.annotations.Nullable;

/**
 * Weaves the methods of one name into a class file, by plain ASM; the class's fields and methods
 * stay the same, as a retransformation requires.
 */
public final class ProbeWeaving {
  private static final int FIRST_WITH_FRAMES = 50;
  private static final int NAMES_SHOWN = 20;

  /** A class file has 65,535 slots for variables; the call takes one, its result up to two. */
  private static final int LOCALS_MAX = 65_000;

  private ProbeWeaving() {}

  /** Gives each woven method its number. */
  @FunctionalInterface
  public interface Numbers {
    /** The method's number; the two above it are its too. The same at each call. */
    int of(ProbedMethod method);
  }

  /**
   * The result of weaving.
   *
   * @param bytes the woven class file; null if nothing was woven
   * @param methods what was woven
   * @param problems what was not woven, and why
   */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  public record Result(
      byte @Nullable [] bytes, List<ProbedMethod> methods, List<String> problems) {}

  /**
   * Weaves a class file.
   *
   * @param name of the methods
   * @param descriptor of the one method; null for all of the name
   * @param methodsMax if more would be woven, none is
   */
  public static Result weave(
      byte[] classFile, String name, @Nullable String descriptor, int methodsMax, Numbers numbers) {
    ClassReader reader = new ClassReader(classFile);
    Finder finder = new Finder(reader.getClassName(), name, descriptor);
    reader.accept(finder, ClassReader.SKIP_FRAMES);
    List<String> problems = new ArrayList<>(finder.problems);
    finder.leaveOutFull(problems);
    if (finder.found.isEmpty()) {
      if (problems.isEmpty()) {
        problems.add(finder.noSuchMethod());
      }
      return new Result(null, List.of(), problems);
    }
    if (finder.found.size() > methodsMax) {
      problems.add(
          "the class has "
              + finder.found.size()
              + " methods "
              + name
              + "; at most "
              + methodsMax
              + " are probed; give a descriptor");
      return new Result(null, List.of(), problems);
    }
    Map<String, Integer> ids = new HashMap<>();
    for (MethodFacts each : finder.found.values()) {
      ids.put(each.key(), numbers.of(each.method()));
    }
    byte[] woven = weave(reader, finder, ids, problems);
    List<ProbedMethod> methods = new ArrayList<>();
    for (MethodFacts each : finder.found.values()) {
      methods.add(each.method());
    }
    return new Result(woven, methods, problems);
  }

  private static byte @Nullable [] weave(
      ClassReader reader, Finder finder, Map<String, Integer> ids, List<String> problems) {
    while (!finder.found.isEmpty()) {
      try {
        ClassWriter writer = new ClassWriter(reader, ClassWriter.COMPUTE_MAXS);
        reader.accept(new Woven(writer, finder, ids), ClassReader.EXPAND_FRAMES);
        return writer.toByteArray();
      } catch (MethodTooLargeException tooLarge) {
        String key = tooLarge.getMethodName() + tooLarge.getDescriptor();
        if (finder.found.remove(key) == null) {
          throw tooLarge;
        }
        problems.add(key + ": the method has no room for another instruction");
      } catch (WovenMethod.TooLongException tooLong) {
        if (finder.found.remove(tooLong.key()) == null) {
          throw tooLong;
        }
        problems.add(
            tooLong.key() + ": the JVM would no longer compile the method, which becomes too long");
      }
    }
    return null;
  }

  /** True if a method of the class file asks with one of these numbers. */
  public static boolean isWoven(byte[] classFile, int from, int to) {
    Search search = new Search(from, to);
    new ClassReader(classFile).accept(search, ClassReader.SKIP_DEBUG | ClassReader.SKIP_FRAMES);
    return search.found;
  }

  private static final class Finder extends ClassVisitor {
    private final String owner;
    private final String name;
    private final @Nullable String descriptor;
    private final Map<String, MethodFacts> found = new LinkedHashMap<>();
    private final List<String> problems = new ArrayList<>();
    private final TreeSet<String> others = new TreeSet<>();
    private boolean hasFrames;

    Finder(String owner, String name, @Nullable String descriptor) {
      super(Opcodes.ASM9);
      this.owner = owner;
      this.name = name;
      this.descriptor = descriptor;
    }

    /** Leaves out methods without room for two more variables. */
    void leaveOutFull(List<String> all) {
      for (Iterator<MethodFacts> each = found.values().iterator(); each.hasNext(); ) {
        MethodFacts facts = each.next();
        if (facts.maxLocals() > LOCALS_MAX) {
          all.add(facts.key() + ": the method has no room for another variable");
          each.remove();
        }
      }
    }

    String noSuchMethod() {
      List<String> shown = others.stream().limit(NAMES_SHOWN).toList();
      return "the class declares no method "
          + name
          + (descriptor == null ? "" : descriptor)
          + (shown.isEmpty() ? "" : "; it has " + String.join(", ", shown))
          + (others.size() > shown.size() ? ", …" : "");
    }

    @Override
    public void visit(
        int version,
        int access,
        String className,
        @Nullable String signature,
        @Nullable String superName,
        String @Nullable [] interfaces) {
      hasFrames = (version & 0xFFFF) >= FIRST_WITH_FRAMES;
    }

    @Override
    public @Nullable MethodVisitor visitMethod(
        int access,
        String method,
        String type,
        @Nullable String signature,
        String @Nullable [] exceptions) {
      if (method.startsWith("<")) {
        return null;
      }
      if (!method.equals(name) || (descriptor != null && !descriptor.equals(type))) {
        others.add(method.equals(name) ? method + type : method);
        return null;
      }
      if ((access & Opcodes.ACC_BRIDGE) != 0 && descriptor == null) {
        return null; // it calls the method proper, which would be recorded twice
      }
      if ((access & Opcodes.ACC_ABSTRACT) != 0) {
        problems.add(method + type + " is abstract; probe the class that implements it");
        return null;
      }
      if ((access & Opcodes.ACC_NATIVE) != 0) {
        problems.add(method + type + " is native, and has no code to weave");
        return null;
      }
      MethodFacts facts = new MethodFacts(access, owner, method, type);
      found.put(facts.key(), facts);
      return facts;
    }
  }

  private static final class Woven extends ClassVisitor {
    private final Finder finder;
    private final Map<String, Integer> ids;

    Woven(ClassVisitor next, Finder finder, Map<String, Integer> ids) {
      super(Opcodes.ASM9, next);
      this.finder = finder;
      this.ids = ids;
    }

    @Override
    public @Nullable MethodVisitor visitMethod(
        int access,
        String name,
        String descriptor,
        @Nullable String signature,
        String @Nullable [] exceptions) {
      MethodVisitor next = super.visitMethod(access, name, descriptor, signature, exceptions);
      MethodFacts facts = finder.found.get(name + descriptor);
      Integer id = ids.get(name + descriptor);
      return facts == null || id == null || next == null
          ? next
          : new WovenMethod(next, facts, id, finder.hasFrames);
    }
  }

  private static final class Search extends ClassVisitor {
    private final int from;
    private final int to;
    private boolean found;

    Search(int from, int to) {
      super(Opcodes.ASM9);
      this.from = from;
      this.to = to;
    }

    @Override
    public MethodVisitor visitMethod(
        int access,
        String name,
        String descriptor,
        @Nullable String signature,
        String @Nullable [] exceptions) {
      return new MethodVisitor(Opcodes.ASM9) {
        private int pushed;

        @Override
        public void visitInsn(int opcode) {
          if (opcode >= Opcodes.ICONST_M1 && opcode <= Opcodes.ICONST_5) {
            pushed = opcode - Opcodes.ICONST_0;
          }
        }

        @Override
        public void visitIntInsn(int opcode, int operand) {
          pushed = operand;
        }

        @Override
        public void visitLdcInsn(Object value) {
          pushed = value instanceof Integer number ? number : pushed;
        }

        @Override
        public void visitMethodInsn(
            int opcode, String owner, String called, String type, boolean isInterface) {
          found |=
              owner.equals(WovenMethod.HOLDER)
                  && called.equals(WovenMethod.ASK)
                  && pushed - from >= 0
                  && pushed - to < 0;
        }
      };
    }
  }
}
