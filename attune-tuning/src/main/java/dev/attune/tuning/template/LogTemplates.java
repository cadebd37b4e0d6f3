package dev.attune.tuning.template;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Finds the templates of an application's log lines as they come: a tree of fixed depth over the number of words and the
 * first of them leads to few candidates, the most similar one takes the line (Drain: He, Zhu, Zheng, Lyu, ICWS 2017; tuning
 * §2.4). Lines are masked first, and no raw one is kept.
 *
 * <p>At most {@link #TEMPLATES_MAX} templates; the one that was not seen for longest makes room. One thread.
 */
public final class LogTemplates {
    /** Templates of one application. */
    public static final int TEMPLATES_MAX = 1_024;

    private static final int DEPTH = 4;
    private static final int CHILDREN_MAX = 100;
    private static final double SIMILARITY = 0.4;

    private final String application;
    private final int templatesMax;
    private final Map<Integer, Branch> byLength = new TreeMap<>();
    // Least recently seen first.
    private final Map<String, Leaf> byId = new LinkedHashMap<>(16, 0.75f, true);

    public LogTemplates(String application) {
        this(application, TEMPLATES_MAX);
    }

    LogTemplates(String application, int templatesMax) {
        this.application = application;
        this.templatesMax = templatesMax;
    }

    /** An inner node of the tree, or one that holds templates. */
    private static final class Branch {
        final Map<String, Branch> children = new TreeMap<>();
        final List<Leaf> leaves = new ArrayList<>();
    }

    private static final class Leaf {
        final Branch branch;
        LogTemplate template;

        Leaf(Branch branch, LogTemplate template) {
            this.branch = branch;
            this.template = template;
        }
    }

    /** The template of a line, which counts as one more of it. */
    public LogTemplate add(String line, long nowMillis) {
        String trace = StackTrace.fingerprint(line);
        List<String> tokens = trace.isEmpty() ? Masking.tokens(line) : List.of(trace.split(" ", -1));
        Branch branch = branch(tokens);
        Leaf leaf = trace.isEmpty() ? mostSimilar(branch, tokens) : same(branch, tokens);
        if (leaf == null) return create(branch, tokens, nowMillis);
        leaf.template = leaf.template.with(tokens);
        // Moves it behind all others.
        byId.put(leaf.template.id(), leaf);
        return leaf.template;
    }

    /** The template with this id; null when there is none or it made room. */
    public @Nullable LogTemplate find(String id) {
        for (Leaf leaf : byId.values()) if (leaf.template.id().equals(id)) return leaf.template;
        return null;
    }

    /** All templates, the least recently seen first. */
    public List<LogTemplate> all() {
        return byId.values().stream().map(leaf -> leaf.template).toList();
    }

    private Branch branch(List<String> tokens) {
        Branch at = byLength.computeIfAbsent(tokens.size(), size -> new Branch());
        // The root and the length are two levels.
        for (int i = 0; i < Math.min(DEPTH - 2, tokens.size()); i++) {
            String word = tokens.get(i);
            boolean general = Masking.isMask(word) || word.chars().anyMatch(Character::isDigit);
            String key = general ? LogTemplate.ANY : word;
            Branch next = at.children.get(key);
            if (next == null) {
                if (at.children.size() >= CHILDREN_MAX - 1) key = LogTemplate.ANY;
                next = at.children.computeIfAbsent(key, each -> new Branch());
            }
            at = next;
        }
        return at;
    }

    private static @Nullable Leaf mostSimilar(Branch branch, List<String> tokens) {
        Leaf best = null;
        double similarity = SIMILARITY;
        for (Leaf leaf : branch.leaves) {
            double each = leaf.template.similarity(tokens);
            boolean better = each > similarity
                    || each == similarity && (best == null || leaf.template.anys() > best.template.anys());
            if (!better) continue;
            best = leaf;
            similarity = each;
        }
        return best;
    }

    /** Traces are alike only when they are the same. */
    private static @Nullable Leaf same(Branch branch, List<String> tokens) {
        for (Leaf leaf : branch.leaves) if (leaf.template.tokens().equals(tokens)) return leaf;
        return null;
    }

    private LogTemplate create(Branch branch, List<String> tokens, long nowMillis) {
        if (byId.size() >= templatesMax) {
            Map.Entry<String, Leaf> oldest = byId.entrySet().iterator().next();
            byId.remove(oldest.getKey());
            oldest.getValue().branch.leaves.remove(oldest.getValue());
            prune(oldest.getValue().template.tokens());
        }
        String text = String.join(" ", tokens);
        LogTemplate template = new LogTemplate(id(text), tokens, nowMillis, 1, List.of(text));
        Leaf leaf = new Leaf(branch, template);
        branch.leaves.add(leaf);
        byId.put(template.id(), leaf);
        return template;
    }

    /** Lets go of a length that no template has any more, so that the tree stays as small as its templates. */
    private void prune(List<String> tokens) {
        Branch branch = byLength.get(tokens.size());
        if (branch != null && isEmpty(branch)) byLength.remove(tokens.size());
    }

    private static boolean isEmpty(Branch branch) {
        return branch.leaves.isEmpty() && branch.children.values().stream().allMatch(LogTemplates::isEmpty);
    }

    private String id(String text) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            byte[] hash = digest.digest((application + "\n" + text).getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(hash, 0, 8);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("SHA-256 is part of every JDK", e);
        }
    }
}
