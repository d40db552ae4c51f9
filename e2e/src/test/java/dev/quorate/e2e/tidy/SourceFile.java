package dev.quorate.e2e.tidy;

import com.sun.source.tree.ClassTree;
import com.sun.source.tree.CompilationUnitTree;
import com.sun.source.tree.MethodTree;
import com.sun.source.tree.Tree;
import com.sun.source.util.JavacTask;
import com.sun.source.util.SourcePositions;
import com.sun.source.util.TreeScanner;
import com.sun.source.util.Trees;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import javax.tools.Diagnostic;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;
import org.jspecify.annotations.Nullable;

/** One Java file: its lines, and the types and methods that it declares. */
record SourceFile(Path path, List<String> lines, List<Declared> types, List<Declared> methods) {

  /** A type or a method and the lines that it takes, its annotations included. */
  record Declared(String name, int firstLine, int lastLine) {
    int lines() {
      return lastLine - firstLine + 1;
    }
  }

  /** Reads and parses all files under the root that people wrote; build output is left out. */
  static List<SourceFile> readAll(Path root) throws IOException {
    List<Path> paths;
    try (var walk = Files.walk(root)) {
      paths = walk.filter(path -> isWritten(root.relativize(path))).sorted().toList();
    }
    var compiler = ToolProvider.getSystemJavaCompiler();
    var files = new ArrayList<SourceFile>();
    try (StandardJavaFileManager javaFiles = compiler.getStandardFileManager(null, null, null)) {
      var sources = javaFiles.getJavaFileObjectsFromPaths(paths);
      var task = (JavacTask) compiler.getTask(null, javaFiles, problem -> {}, null, null, sources);
      var positions = Trees.instance(task).getSourcePositions();
      for (CompilationUnitTree unit : task.parse()) {
        files.add(read(root, javaFiles.asPath(unit.getSourceFile()), unit, positions));
      }
    }
    return files;
  }

  private static boolean isWritten(Path relative) {
    if (!relative.toString().endsWith(".java")) {
      return false;
    }
    for (Path part : relative) {
      if (part.toString().equals("target") || part.toString().startsWith(".")) {
        return false;
      }
    }
    return true;
  }

  private static SourceFile read(
      Path root, Path path, CompilationUnitTree unit, SourcePositions positions)
      throws IOException {
    var types = new ArrayList<Declared>();
    var methods = new ArrayList<Declared>();
    var scanner =
        new TreeScanner<@Nullable Void, @Nullable Void>() {
          @Override
          public @Nullable Void visitClass(ClassTree node, @Nullable Void unused) {
            if (!node.getSimpleName().isEmpty()) {
              types.add(declared(node.getSimpleName().toString(), node));
            }
            return super.visitClass(node, null);
          }

          @Override
          public @Nullable Void visitMethod(MethodTree node, @Nullable Void unused) {
            if (positions.getEndPosition(unit, node) != Diagnostic.NOPOS) {
              methods.add(declared(node.getName().toString(), node));
            }
            return super.visitMethod(node, null);
          }

          private Declared declared(String name, Tree node) {
            var lines = unit.getLineMap();
            return new Declared(
                name,
                (int) lines.getLineNumber(positions.getStartPosition(unit, node)),
                (int) lines.getLineNumber(positions.getEndPosition(unit, node)));
          }
        };
    scanner.scan(unit, null);
    return new SourceFile(root.relativize(path), Files.readAllLines(path), types, methods);
  }

  /** Where the reader has to look: `path:line`, which editors open on a click. */
  String at(int line) {
    return path + ":" + line;
  }
}
