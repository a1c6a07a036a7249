package io.sluice.schemas.convert;

import com.fasterxml.jackson.core.JsonStreamContext;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/** Where in a document one is: written out only when something is wrong there. Confined to one conversion. */
public final class JsonPath {

    private @Nullable Object[] steps = new @Nullable Object[8];
    private int depth;

    public void push(String name) {
        add(name);
    }

    public void push(int index) {
        add(index);
    }

    private void add(Object step) {
        if (depth == steps.length) {
            steps = Arrays.copyOf(steps, 2 * depth);
        }
        steps[depth++] = step;
    }

    public void pop() {
        depth--;
    }

    /** How many levels below the root. */
    int depth() {
        return depth;
    }

    @Override
    public String toString() {
        StringBuilder text = new StringBuilder("$");
        for (int i = 0; i < depth; i++) {
            append(text, steps[i]);
        }
        return text.toString();
    }

    /** Where a parser stands. */
    static String of(JsonStreamContext context) {
        Deque<Object> steps = new ArrayDeque<>();
        for (JsonStreamContext at = context; at != null && !at.inRoot(); at = at.getParent()) {
            if (at.inArray()) {
                steps.push(Math.max(0, at.getCurrentIndex()));
            } else if (at.getCurrentName() != null) {
                steps.push(at.getCurrentName());
            }
        }
        StringBuilder text = new StringBuilder("$");
        steps.forEach(step -> append(text, step));
        return text.toString();
    }

    private static void append(StringBuilder text, @Nullable Object step) {
        if (step instanceof Integer) {
            text.append('[').append(step).append(']');
        } else if (isPlain(String.valueOf(step))) {
            text.append('.').append(step);
        } else {
            text.append("['")
                    .append(Shown.shortened(String.valueOf(step))
                            .replace("\\", "\\\\")
                            .replace("'", "\\'"))
                    .append("']");
        }
    }

    private static boolean isPlain(String name) {
        if (name.isEmpty() || name.length() > Shown.TEXT_MAX) {
            return false;
        }
        for (int i = 0; i < name.length(); i++) {
            char c = name.charAt(i);
            if (!(c == '_' || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9'))) {
                return false;
            }
        }
        return true;
    }
}
