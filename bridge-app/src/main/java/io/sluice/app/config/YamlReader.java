package io.sluice.app.config;

import io.sluice.app.config.Tree.Branch;
import io.sluice.app.config.Tree.Entry;
import io.sluice.app.config.Tree.Items;
import io.sluice.app.config.Tree.Scalar;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Parse;
import org.snakeyaml.engine.v2.common.Anchor;
import org.snakeyaml.engine.v2.events.AliasEvent;
import org.snakeyaml.engine.v2.events.DocumentStartEvent;
import org.snakeyaml.engine.v2.events.Event;
import org.snakeyaml.engine.v2.events.MappingStartEvent;
import org.snakeyaml.engine.v2.events.NodeEvent;
import org.snakeyaml.engine.v2.events.ScalarEvent;
import org.snakeyaml.engine.v2.events.SequenceStartEvent;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;

/**
 * Reads one YAML text into a tree, from the parser's events: no object is ever constructed, every value has its place,
 * and size, depth and aliases are bounded, so that a hostile file is refused quickly.
 */
final class YamlReader {

    static final int TEXT_CHARACTERS_MAX = 1 << 20;
    private static final int DEPTH_MAX = 16;
    private static final int NODES_MAX = 100_000;
    private static final int ALIASES_MAX = 50;

    /** How a position becomes a place. */
    interface Places {
        Place at(int line, int column);
    }

    private final Places places;
    private final Problems problems;
    private final Iterator<Event> events;
    private final Map<String, Tree> anchors = new HashMap<>();
    private int depth;
    private int nodes;
    private int aliases;

    private YamlReader(String text, Places places, Problems problems) {
        this.places = places;
        this.problems = problems;
        LoadSettings settings = LoadSettings.builder()
                .setCodePointLimit(TEXT_CHARACTERS_MAX)
                .setParseComments(false)
                .build();
        this.events = new Parse(settings).parseString(text).iterator();
    }

    /** The tree of a text whose problems are added to the others; an empty one when it cannot be read. */
    static Branch read(String text, Places places, Problems problems) {
        Branch nothing = new Branch(places.at(0, 0), Map.of());
        try {
            Tree tree = new YamlReader(text, places, problems).document();
            if (tree == null || (tree instanceof Scalar scalar && scalar.isNothing())) {
                return nothing;
            }
            if (tree instanceof Branch branch) {
                return branch;
            }
            problems.error(tree.place(), "", tree.noun() + " (expected: a map with keys such as listeners and kafka)");
        } catch (Refused e) {
            problems.error(e.place, "", String.valueOf(e.getMessage()));
        } catch (MarkedYamlEngineException e) {
            Place place = e.getProblemMark().map(mark -> placeOf(places, mark)).orElse(places.at(0, 0));
            String context = e.getContext() == null ? "" : " " + e.getContext();
            problems.error(place, "", "not YAML: " + oneLine(e.getProblem()) + oneLine(context));
        } catch (YamlEngineException e) {
            problems.error(places.at(0, 0), "", "not YAML: " + oneLine(String.valueOf(e.getMessage())));
        }
        return nothing;
    }

    private static String oneLine(String text) {
        return text.replaceAll("\\s*\\R\\s*", " ");
    }

    private @Nullable Tree document() {
        Tree tree = null;
        while (events.hasNext()) {
            Event event = events.next();
            if (event instanceof DocumentStartEvent start && tree != null) {
                throw new Refused(place(start), "a second document (expected: one document in a file)");
            }
            if (event instanceof NodeEvent) {
                tree = node(event);
            }
        }
        return tree;
    }

    private Tree node(Event event) {
        if (++nodes > NODES_MAX) {
            throw new Refused(place(event), "more than " + NODES_MAX + " values (expected: fewer)");
        }
        if (event instanceof AliasEvent alias) {
            return alias(alias);
        }
        Tree tree;
        if (event instanceof ScalarEvent scalar) {
            tree = new Scalar(place(event), scalar.getValue(), scalar.isPlain());
        } else {
            if (++depth > DEPTH_MAX) {
                throw new Refused(place(event), "more than " + DEPTH_MAX + " levels of nesting (expected: fewer)");
            }
            tree = event instanceof SequenceStartEvent ? items(event) : branch((MappingStartEvent) event);
            depth--;
        }
        Optional<Anchor> anchor = ((NodeEvent) event).getAnchor();
        anchor.ifPresent(a -> anchors.put(a.getValue(), tree));
        return tree;
    }

    private Tree alias(AliasEvent alias) {
        if (++aliases > ALIASES_MAX) {
            throw new Refused(place(alias), "more than " + ALIASES_MAX + " aliases (expected: fewer)");
        }
        String name = alias.getAlias().getValue();
        Tree target = anchors.get(name);
        if (target == null) {
            // Also an alias inside its own anchor: a tree that contains itself.
            throw new Refused(place(alias), "alias *" + name + " (expected: an anchor &" + name + " that ends before)");
        }
        return target;
    }

    private Items items(Event start) {
        List<Tree> items = new ArrayList<>();
        for (Event event = events.next(); event.getEventId() != Event.ID.SequenceEnd; event = events.next()) {
            items.add(node(event));
        }
        return new Items(place(start), items);
    }

    private Branch branch(MappingStartEvent start) {
        Map<String, Entry> entries = new LinkedHashMap<>();
        for (Event event = events.next(); event.getEventId() != Event.ID.MappingEnd; event = events.next()) {
            Place keyPlace = place(event);
            Tree key = node(event);
            Tree value = node(events.next());
            if (!(key instanceof Scalar scalar)) {
                problems.error(keyPlace, "", key.noun() + " as a key (expected: text)");
                continue;
            }
            Entry before = entries.get(scalar.text());
            if (before != null) {
                String line = before.keyPlace().line() == 0
                        ? ""
                        : " (first in line " + before.keyPlace().line() + ")";
                problems.error(keyPlace, "", "key \"" + scalar.text() + "\" is given twice" + line);
                continue;
            }
            entries.put(scalar.text(), new Entry(keyPlace, value));
        }
        return new Branch(place(start), entries);
    }

    private Place place(Event event) {
        return event.getStartMark().map(mark -> placeOf(places, mark)).orElse(places.at(0, 0));
    }

    private static Place placeOf(Places places, Mark mark) {
        return places.at(mark.getLine() + 1, mark.getColumn() + 1);
    }

    /** The text goes on, and reading does not. */
    private static final class Refused extends RuntimeException {

        private static final long serialVersionUID = 1;

        private final transient Place place;

        Refused(Place place, String message) {
            super(message, null, false, false);
            this.place = place;
        }
    }
}
