package io.sluice.helm;

import com.google.gson.Gson;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The table of values in the chart's README: of the keys in values.yaml, their defaults, and the comments above them. */
final class ChartReadme {

    static final Path PAGE = Chart.SOURCE.resolve("README.md");

    private static final String START =
            "<!-- Generated from values.yaml; `ChartReadmeTest` says how. Do not edit below. -->\n";
    private static final String COMMENT = "# -- ";
    private static final Gson GSON = new Gson();

    /**
     * A line of the table.
     *
     * @param key the path
     * @param byDefault the default, as it is written
     * @param what the comment
     */
    record Row(String key, String byDefault, String what) {

        @Override
        public String toString() {
            return "| `" + key + "` | " + byDefault + " | " + what + " |\n";
        }
    }

    private ChartReadme() {}

    /** The page with what is generated anew. */
    static String markdown() {
        String page = Yaml.read(PAGE);
        int start = page.indexOf(START);
        if (start < 0) {
            throw new AssertionError(PAGE + " has no line " + START);
        }
        StringBuilder markdown = new StringBuilder(page.substring(0, start)).append(START);
        markdown.append("\n| key | default | what |\n|---|---|---|\n");
        rows().forEach(markdown::append);
        return markdown.toString();
    }

    /** The rows, in the order of the file. Only mappings in block style have comments, and thus rows, of their own. */
    static List<Row> rows() {
        List<Row> rows = new ArrayList<>();
        List<String> path = new ArrayList<>();
        @Nullable StringBuilder comment = null;
        Map<String, Object> values = Yaml.map(Chart.SOURCE.resolve("values.yaml"));
        for (String line : Yaml.read(Chart.SOURCE.resolve("values.yaml")).split("\n")) {
            String text = line.strip();
            if (text.startsWith(COMMENT)) {
                comment = new StringBuilder(text.substring(COMMENT.length()).replaceFirst("^\\([a-z]+\\) ", ""));
            } else if (text.startsWith("# ") && comment != null) {
                comment.append(' ').append(text.substring(2));
            } else if (!text.isEmpty() && !text.startsWith("#")) {
                int depth = (line.length() - line.stripLeading().length()) / 2;
                path.subList(Math.min(depth, path.size()), path.size()).clear();
                path.add(text.substring(0, text.indexOf(':')));
                if (comment != null) {
                    String key = String.join(".", path);
                    rows.add(new Row(
                            key, shown(Yaml.at(values, key)), comment.toString().replace("|", "\\|")));
                    comment = null;
                }
            }
        }
        List<String> keys = rows.stream().map(Row::key).toList();
        rows.replaceAll(row -> keys.stream().anyMatch(key -> key.startsWith(row.key() + "."))
                ? new Row(row.key(), "below", row.what())
                : row);
        return rows;
    }

    private static String shown(@Nullable Object value) {
        if (value == null) {
            return "";
        }
        if (value instanceof String text) {
            return "`\"" + text + "\"`";
        }
        if (value instanceof Map<?, ?> map && !map.isEmpty()) {
            return "`" + GSON.toJson(map) + "`";
        }
        return "`" + value + "`";
    }
}
