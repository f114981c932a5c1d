/* The book's interactives. Every <figure class="cl-explore"> of a page holds a picture made by
 * convlib.teach.explore and its state as JSON; this file gives it handles. It draws the same
 * pictures as the Python code, letter by letter (tests/site/test_explore.py compares them), and
 * counts every number from the definition. No dependency; without it the pictures stay.
 *
 *   convExplore.compute.NAME(state)  the numbers      convExplore.draw.NAME(state)  the picture
 *   convExplore.upgrade(root)        handles for every figure below root
 *   convExplore.watch()              the same, and for figures that appear later (a notebook)
 */
(() => {
  'use strict';
  if (window.convExplore) return;

  // ---- words and SVG, as in _svg.py ---------------------------------------------------------
  const num = (v) => String(v).replace('-', '−');
  const listed = (vs) => {
    const texts = vs.map(num);
    return texts.length === 1 ? texts[0] : texts.slice(0, -1).join(', ') + ' and ' + texts.at(-1);
  };
  const count = (n, noun) => `${n || 'no'} ${noun}${n === 1 ? '' : 's'}`;
  const range = (from, to, step = 1) => {
    const all = [];
    for (let v = from; v < to; v += step) all.push(v);
    return all;
  };
  const half = (v) => Math.floor(v / 2);
  const text = (x, y, content, kind) =>
    `<text${kind ? ` class="cl-${kind}"` : ''} x="${x}" y="${y}">${content}</text>`;
  const cell = (x, y, w, h, content, kind, mark) => {
    const small = content.length > 4 || w < 24 ? 'xs' : '';
    const inside = content ? text(x + half(w), y + half(h), content, small) : '';
    const box = `<rect x="${x}" y="${y}" width="${w}" height="${h}" rx="3"/>`;
    return `<g class="${kind}"${mark ? ' ' + mark : ''}>${box}${inside}</g>`;
  };
  const hatch = (X, Y, u) => `<path class="cl-hatch" d="M${X} ${Y + half(u)}l${half(u)} -${half(u)}M${X} ${Y + u}l${u} -${u}M${X + half(u)} ${Y + u}l${half(u)} -${half(u)}"/>`;
  const escaped = (s) => s.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;');

  // ---- the sliding strip, as in _slide.py ---------------------------------------------------
  const U = 44;
  const at0 = (x, i) => (i >= 0 && i < x.length ? x[i] : 0);

  function slideNumbers({ x, w, flip, mode }) {
    const kernel = flip ? [...w].reverse() : [...w];
    const reach = mode === 'full' ? w.length - 1 : 0;
    const starts = range(-reach, x.length + reach - w.length + 1);
    const products = starts.map((t) => kernel.map((v, j) => v * at0(x, t + j) + 0));
    return { kernel, starts, products, y: products.map((row) => row.reduce((a, b) => a + b, 0)) };
  }

  function slideDraw(state) {
    const { x, at } = state;
    const { kernel, starts, products, y } = slideNumbers(state);
    const n = x.length, k = kernel.length, fits = starts.length > 0;
    const first = fits ? Math.min(starts[0], 0) : 0;
    const last = Math.max(fits ? starts.at(-1) + k : k, n);
    const left = (c) => 60 + (c - first) * U;
    const open = (c) => fits && c >= starts[at] && c < starts[at] + k;
    const columns = range(first, last).filter((c) => fits || c < n);
    let body = text(30, 46, 'x', 'lab');
    for (const c of [...columns.filter((c) => !open(c)), ...columns.filter(open)]) {
      const kind = (c >= 0 && c < n ? 'cl-in' : 'cl-pad') + (open(c) ? ' cl-hot' : '');
      body += cell(left(c), 24, U, U, num(at0(x, c)), kind);
    }
    body += x.map((_, c) => text(left(c) + 22, 12, c, 'sm')).join('');
    const X = fits ? left(starts[at]) : 60;
    body += state.flip ? text(30, 98, 'w', 'lab') + text(30, 116, 'flipped', 'sm') : text(30, 106, 'w', 'lab');
    body += `<g class="cl-move">${kernel.map((v, j) => text(X + j * U + 22, 76, '×', 'sm')
      + cell(X + j * U, 84, U, U, num(v), 'cl-k cl-hot')).join('')}</g>`;
    if (fits) {
      const row = products[at].map((v, j) => text(X + j * U + 22, 136, '=', 'sm')
        + cell(X + j * U, 144, U, U, num(v), 'cl-pr')).join('');
      const out = X + half((k - 1) * U);
      const fan = `M${X} 188L${X + k * U} 188L${out + U} 232L${out} 232Z`;
      body += `${text(30, 166, 'x · w', 'lab')}<g class="cl-move">${row}<path class="cl-fan" d="${fan}"/>`
        + `${text(out + 22, 210, 'sum', 'sm')}</g>${text(30, 254, 'y', 'lab')}`;
      for (const m of [...range(0, at), ...range(at + 1, y.length), at]) {
        const Y = left(starts[m]) + half((k - 1) * U);
        const kind = m === at ? 'cl-out cl-hot' : m < at ? 'cl-out' : 'cl-off';
        body += cell(Y, 232, U, U, m <= at ? num(y[m]) : '', kind, `data-y="${m}"`) + text(Y + 22, 290, m, 'sm');
      }
    }
    return {
      width: left(last) + 8, height: fits ? 304 : 136, body, x: X,
      alt: `A row of ${count(n, 'input')}, the kernel under one window, their products, and ${count(y.length, 'output')}.`,
      below: fits ? slideSum(state, kernel, starts[at], y[at]) : '',
      words: slideWords(state, kernel, starts, products, y),
    };
  }

  function slideSum({ x, at }, kernel, start, y) {
    const b = (v) => (v < 0 ? `(${num(v)})` : v);
    const terms = kernel.map((v, j) => `<b class="cl-ci">${b(at0(x, start + j))}</b>·<b class="cl-ck">${b(v)}</b>`);
    return `<p class="cl-eq">y[${at}] = ${terms.join(' + ')} = <b class="cl-co">${num(y)}</b></p>`;
  }

  function slideWords({ x, at, flip }, kernel, starts, products, y) {
    const k = kernel.length;
    if (!starts.length) return `The kernel has ${count(k, 'number')} and x has only ${x.length}: no window fits.`;
    const cut = starts[at] < 0 || starts[at] + k > x.length;
    return `Window ${at + 1} of ${y.length} reads ${listed(kernel.map((_, j) => at0(x, starts[at] + j)))}`
      + `${cut ? ' (outside the list there are zeros)' : ''}. Times the ${flip ? 'flipped kernel' : 'kernel'} `
      + `${listed(kernel)} this gives ${listed(products[at])}; the sum is y[${at}] = ${num(y[at])}.`;
  }

  // ---- shape arithmetic, as in _shapes.py ---------------------------------------------------
  const LEFT = 40;

  function shapesNumbers({ n, k, pl, pr, s, d }) {
    const total = pl + n + pr, span = d * (k - 1) + 1, slack = total - span;
    const starts = range(0, total, s).filter((t) => t + span <= total);
    const read = new Set(starts.flatMap((t) => range(0, k).map((j) => t + d * j)));
    return {
      total, span, starts, unread: range(0, total).filter((t) => !read.has(t)),
      formula: Math.floor(slack / s) + 1, remainder: ((slack % s) + s) % s,
    };
  }

  const samePads = ({ n, k, s, d }) => {
    const total = Math.max((Math.ceil(n / s) - 1) * s + d * (k - 1) + 1 - n, 0);
    return [half(total), total - half(total)];
  };

  function shapesDraw(state) {
    const { n, k, pl, d } = state;
    const shape = shapesNumbers(state), { total, starts } = shape, o = starts.length;
    const columns = o ? total : Math.max(total, shape.span);
    const u = columns <= 14 ? 36 : columns <= 22 ? 26 : 18, h = o <= 9 ? 28 : o <= 18 ? 20 : 12;
    const end = LEFT + columns * u, top = 46 + u;
    const arm = (t, y) => `<path class="cl-arm" d="M${LEFT + t * u + half(u)} ${y}h${d * (k - 1) * u}"/>`;
    const taps = (t, size, y) => {
      const side = Math.min(size, u - 6);
      return range(0, k).map((j) => cell(LEFT + (t + d * j) * u + half(u - side), y, side, side, '', 'cl-tap')).join('');
    };
    let body = text(20, 30 + half(u), 'x', 'lab');
    for (const t of range(0, total)) {
      const X = LEFT + t * u, inside = t >= pl && t < pl + n, idle = o && shape.unread.includes(t);
      body += cell(X, 30, u, u, inside ? String(t - pl) : '', !inside ? 'cl-pad' : idle ? 'cl-idle' : 'cl-in');
      if (idle) body += hatch(X, 30, u);
    }
    if (shape.remainder && o) {
      const right = LEFT + total * u, wide = shape.remainder * u;
      body += `<g class="cl-bad"><path d="M${right - wide + 1} 26v-6h${wide - 2}v6"/>`
        + `${text(right - half(wide), 10, `r = ${shape.remainder}`)}</g>`;
    }
    if (o) body += text(end + 44, 30 + half(u), 'y', 'lab');
    else body += `<g class="cl-bad">${arm(0, top + 14)}</g>${taps(0, 18, top + 5)}`;
    starts.forEach((t, m) => {
      const side = h > 12 ? h - 8 : 8, middle = top + m * h + half(h);
      body += `<g class="cl-row"><path class="cl-guide" d="M${LEFT + (t + d * (k - 1)) * u + half(u)} ${middle}H${end + 24}"/>`
        + arm(t, middle) + taps(t, side, middle - half(side))
        + `${cell(end + 24, middle - half(h) + 1, 40, h - 2, h > 12 ? String(m) : '', 'cl-out')}</g>`;
    });
    return {
      width: end + 76, height: top + Math.max(o * h, 28) + 8, body,
      alt: `A padded row of ${count(n, 'input')}, one row below it for every window, and ${count(o, 'output')}.`,
      words: shapesWords(state, shape), below: shapesFormula(state, shape),
    };
  }

  function shapesFormula({ n, k, pl, pr, s, d }, shape) {
    const top = shape.total - shape.span, o = shape.starts.length;
    const lines = ['o = ⌊(n + p<sub>l</sub> + p<sub>r</sub> − d(k − 1) − 1) / s⌋ + 1',
      `&nbsp; = ⌊(${n} + ${pl} + ${pr} − ${d}·(${k} − 1) − 1) / ${s}⌋ + 1 = ⌊${num(top)} / ${s}⌋ + 1 = `
      + `<b class="cl-co">${num(shape.formula)}</b>`];
    if (o) lines.push(`r = ${top} mod ${s} = ${shape.remainder}`);
    const agree = o === shape.formula ? 'the same' : 'the formula needs a fitting kernel';
    lines.push(`Counted in the picture: <b>${o}</b> (${agree}).`);
    return lines.map((line) => `<p class="cl-eq">${line}</p>`).join('');
  }

  function shapesWords({ n, k, pl, pr, s, d }, shape) {
    const o = shape.starts.length, r = shape.remainder;
    const strip = `${count(n, 'input')}, ${count(pl, 'zero')} before and ${count(pr, 'zero')} after it: ${count(shape.total, 'cell')}.`;
    const apart = d > 1 && k > 1 ? `, ${d} cells apart, so it spans ${count(shape.span, 'cell')}` : '';
    const kernel = `The kernel has ${count(k, 'tap')}${apart}.`;
    if (!o) return `${strip} ${kernel} It is longer than the list: no window fits, there is no output.`;
    const moves = o > 1 ? `Moving ${count(s, 'cell')} at a time it` : 'It';
    const inputs = shape.unread.map((t) => t - pl).filter((i) => i >= 0 && i < n);
    const read = inputs.length ? `Never read: input${inputs.length === 1 ? '' : 's'} ${listed(inputs)}.` : 'Every input is read.';
    const over = `The last ${r === 1 ? '1 cell lies' : `${r} cells lie`} beyond the last window (r = ${r}).`;
    return `${strip} ${kernel} ${moves} fits in ${count(o, 'place')}: ${count(o, 'output')}. ${read}${r ? ' ' + over : ''}`;
  }

  // ---- conventions, as in _dialects.py and _conventions.py ------------------------------------
  const DIALECTS = {
    book: { name: 'this book', pads: ['number', 'valid', 'same', 'full'] },
    pytorch: { name: 'PyTorch', pads: ['number', 'valid', 'same'] },
    keras: { name: 'Keras', pads: ['valid', 'same', 'causal'] },
    onnx: { name: 'ONNX', pads: ['number', 'valid', 'same', 'same_lower'] },
    numpy: { name: 'np.convolve', pads: ['full', 'valid', 'same'], flip: true },
    cs231n: { name: 'CS231n', pads: ['number'] },
    d2l: { name: 'd2l’s formula', pads: ['number'] },
    flux: { name: 'Flux (Julia)', pads: ['number', 'same'], flip: true },
  };
  const KINDS = {
    number: 'a number', valid: '“valid”', same: '“same”', same_lower: '“same, lower”',
    full: '“full”', causal: '“causal”',
  };

  /** The layer that `who` understands by these numbers, or the sentence why there is none. */
  function read(state, who) {
    const { n, k, s, pad } = state, dialect = DIALECTS[who];
    if (!dialect.pads.includes(pad)) return `has no ${pad === 'number' ? pad : `word ${KINDS[pad]}`} for the padding`;
    const d = state.d + (who === 'cs231n' ? 1 : 0);
    const no = refusal(who, pad, n, k, s, d);
    if (no) return no;
    const span = d * (k - 1) + 1, sides = padSides(state, who, span);
    if (typeof sides === 'string') return sides;
    const [left, right] = sides, total = left + n + right;
    let o = 0;
    for (let t = 0; t + span <= total; t += s) o += 1;
    if (!o) return `finds no room: ${span} cells for the kernel, ${total} in all`;
    const rest = (total - span) % s;
    if (who === 'cs231n' && rest) return `refuses it: stride ${s} leaves ${rest} over, the size is not whole`;
    return { n, k, left, right, s, d, flip: !!dialect.flip, span, o, rest };
  }

  function refusal(who, pad, n, k, s, d) {
    if (d < 1) return 'refuses dilation 0: there 1 is the ordinary kernel';
    if (who === 'numpy' && (s > 1 || d > 1)) return `has no ${s > 1 ? 'stride' : 'dilation'}`;
    if (who === 'numpy' && k > n && pad !== 'full') return 'swaps x and w when w is the longer one';
    if (who === 'd2l' && d > 1) return 'has no dilation';
    if (who === 'keras' && s > 1 && d > 1) return 'refuses a stride and a dilation together';
    if (who === 'pytorch' && pad === 'same' && s > 1) return 'refuses “same” with a stride';
    return '';
  }

  function padSides(state, who, span) {
    const { n, s, p, p2, pad } = state;
    if (pad === 'number') {
      const pair = state.from === 'onnx' && p !== p2;
      if (who === 'onnx' || (pair && (who === 'book' || who === 'flux'))) return [p, p2];
      if (pair) return 'has one number for both sides';
      return who === 'd2l' ? [p - half(p), half(p)] : [p, p];
    }
    if (pad === 'valid') return [0, 0];
    if (pad === 'full') return [span - 1, span - 1];
    if (pad === 'causal') return [span - 1, 0];
    const total = ['pytorch', 'numpy', 'flux'].includes(who) ? span - 1
      : Math.max((Math.ceil(n / s) - 1) * s + span - n, 0);
    const less = half(total), more = total - less;
    return pad === 'same_lower' || who === 'numpy' || who === 'flux' ? [more, less] : [less, more];
  }

  /** How each of them writes the layer c; `turn` when its function reverses what c does not. */
  const WRITE = {
    book: (c, turn) => `cl.conv(x, ${turn ? 'w[..., ::-1]' : 'w'}, stride=${c.s}, padding=`
      + `${c.left === c.right ? c.left : `((${c.left}, ${c.right}),)`}, dilation=${c.d})`,
    pytorch: (c, turn) => {
      const w = turn ? 'w.flip(-1)' : 'w';
      return c.left === c.right ? `F.conv1d(x, ${w}, stride=${c.s}, padding=${c.left}, dilation=${c.d})`
        : `F.conv1d(F.pad(x, (${c.left}, ${c.right})), ${w}, stride=${c.s}, dilation=${c.d})`;
    },
    keras: (c, turn) => {
      const both = c.s > 1 && c.d > 1, is = ([l, r]) => c.left === l && c.right === r;
      const pad = is([0, 0]) ? 'valid' : is([c.span - 1, 0]) ? 'causal' : !both && is(samePads(c)) ? 'same' : '';
      const steps = c.s > 1 && !both ? `, strides=${c.s}` : '', holes = c.d > 1 ? `, dilation_rate=${c.d}` : '';
      return `${pad ? '' : `ZeroPadding1D((${c.left}, ${c.right})), then `}Conv1D(f, ${c.k}${steps}, padding="${pad || 'valid'}"`
        + `${holes})${both ? `, then y[:, ::${c.s}]` : ''}${turn ? ', kernel reversed' : ''}`;
    },
    onnx: (c, turn) => `Conv(kernel_shape=[${c.k}], strides=[${c.s}], pads=[${c.left}, ${c.right}], `
      + `dilations=[${c.d}])${turn ? ', W reversed' : ''}`,
    numpy: (c, turn) => {
      const spread = c.d > 1 && c.k > 1, x = c.left || c.right ? `np.pad(x, (${c.left}, ${c.right}))` : 'x';
      return `${spread ? `v = np.zeros(${c.span}); v[::${c.d}] = w; ` : ''}np.convolve(${x}, ${spread ? 'v' : 'w'}`
        + `${turn ? '[::-1]' : ''}, "valid")${c.s > 1 ? `[::${c.s}]` : ''}`;
    },
    cs231n: (c, turn) => {
      if (c.left !== c.right) return `no single P: it pads (${c.left}, ${c.right})`;
      if (c.rest) return 'refused: (W − F + 2P)/S is not whole';
      return `W = ${c.n}, F = ${c.k}, P = ${c.left}, S = ${c.s}${c.d > 1 ? `, dilation ${c.d - 1}` : ''}${turn ? ', kernel reversed' : ''}`;
    },
    d2l: (c, turn) => `n = ${c.n}, k = ${c.span}${c.d > 1 && c.k > 1 ? ` (= ${c.d}·(${c.k} − 1) + 1)` : ''}, `
      + `p = ${c.left + c.right}, s = ${c.s}${turn ? ', kernel reversed' : ''}`,
    flux: (c, turn) => `conv(x, w; stride=${c.s}, pad=${c.left === c.right ? c.left : `(${c.left}, ${c.right})`}, `
      + `dilation=${c.d}${turn ? ', flipped=true' : ''})`,
  };

  function change(mine, other) {
    const why = [];
    if (other.left !== mine.left || other.right !== mine.right) why.push(`pads (${other.left}, ${other.right})`);
    if (other.d !== mine.d) why.push(other.d === 1 ? 'taps side by side' : `taps ${other.d} apart`);
    if (other.flip !== mine.flip) why.push(other.flip ? 'kernel reversed' : 'kernel not reversed');
    if (!why.length) return '';
    return `${count(other.o, 'output')}${other.o !== mine.o ? `, not ${mine.o}` : ' too, but'}: ${why.join(', ')}`;
  }

  function conventionsNumbers(state) {
    const layer = read(state, state.from), none = typeof layer === 'string';
    const rows = Object.keys(DIALECTS).map((who) => {
      const other = read(state, who), code = none ? '' : WRITE[who](layer, layer.flip !== !!DIALECTS[who].flip);
      if (typeof other === 'string') return { who, code, kind: 'none', verdict: other, o: null };
      const size = count(none ? other.o : layer.o, 'output');
      if (none) return { who, code, kind: 'may', verdict: `${size}: pads (${other.left}, ${other.right})`, o: other.o };
      const news = change(layer, other), mine = `${size}: ${who === state.from ? 'your numbers' : 'the same layer'}`;
      return { who, code, kind: news ? 'no' : 'yes', verdict: news || mine, o: other.o };
    });
    return { layer, rows };
  }

  function conventionsDraw(state) {
    const { layer, rows } = conventionsNumbers(state);
    const none = (why, y) => ({ width: 360, height: 60, body: text(180, 30, why), alt: y });
    let picture = none('No picture of this layer.', 'No picture.');
    if (typeof layer === 'object') {
      picture = layer.left + layer.n + layer.right <= 40 && layer.span <= 40
        ? shapesDraw({ ...layer, pl: layer.left, pr: layer.right }) : none('Too wide to draw.', 'Too wide to draw.');
    }
    const mark = { yes: '✓', no: '✗', none: '–', may: '→' };
    const lines = rows.map((row) => `<tr class="cl-${row.kind}"><th scope="row">${DIALECTS[row.who].name}</th>`
      + `<td><code>${escaped(row.code)}</code></td><td>${mark[row.kind]} ${row.verdict}</td></tr>`);
    const head = '<th>Who</th><th>This layer, written there</th><th>Your numbers, copied there</th>';
    const table = `<table class="cl-table"><thead><tr>${head}</tr></thead><tbody>${lines.join('')}</tbody></table>`;
    return { ...picture, words: conventionsWords(state, layer, rows), below: table };
  }

  function conventionsWords(state, layer, rows) {
    const { name } = DIALECTS[state.from];
    if (typeof layer === 'string') return `No layer to translate: ${name} ${layer}. The table shows what the others make of it.`;
    const one = (v) => (v === 1 ? '' : v);
    const index = (shift) => `x[${one(layer.s)}i + ${one(layer.d)}j${shift ? ` − ${shift}` : ''}]`;
    const apart = layer.d === 1 || layer.k === 1 ? 'side by side' : `${layer.d} cells apart`;
    const parts = [`Read as in ${name}: ${count(layer.left, 'zero')} before and ${count(layer.right, 'zero')} after the list, `
      + `${count(layer.k, 'tap')} ${apart}, ${layer.flip ? 'the kernel reversed' : 'the kernel as it is'}: ${count(layer.o, 'output')}.`,
    `Counting from 0, output i reads ${index(layer.left)} for tap j; counting from 1 it is ${index(layer.left + layer.s + layer.d - 1)}.`];
    if (layer.rest) {
      parts.push(`The stride leaves r = ${layer.rest} over: floor (the frameworks) gives ${layer.o}, `
        + `ceil would give ${layer.o + 1}, and CS231n’s notes refuse the layer.`);
    }
    const [other, refused] = ['no', 'none'].map((kind) => rows.filter((row) => row.kind === kind).length);
    parts.push(`Copied unchanged into the ${rows.length - 1} others, the numbers give another layer `
      + `${other} times and are refused ${refused} times.`);
    return parts.join(' ');
  }

  // ---- the backward pass, as in _gradients.py and _backward.py --------------------------------
  const TOP = 24, GAP = 50;

  function backwardNumbers({ x, w, g, pl, pr, s, d, of, at }) {
    const padded = [...Array(pl).fill(0), ...x, ...Array(pr).fill(0)], span = d * (w.length - 1) + 1;
    const starts = range(0, padded.length, s).filter((t) => t + span <= padded.length);
    const dy = starts.map((_, i) => g[i % g.length]);
    const visits = starts.flatMap((t, i) => w.map((_, j) => [i, j, t + d * j]));
    const dpad = padded.map(() => 0), dw = w.map(() => 0), read = new Set();
    for (const [i, j, place] of visits) {
      dpad[place] += w[j] * dy[i];
      dw[j] += padded[place] * dy[i];
      read.add(place);
    }
    return {
      starts, dy, dw, dx: dpad.slice(pl, pl + x.length),
      terms: visits.filter(([, j, place]) => (of === 'tap' ? j : place - pl) === at),
      unread: range(0, padded.length).filter((t) => !read.has(t)),
      remainder: starts.length ? (padded.length - span) % s : 0,
    };
  }

  function backwardDraw(state) {
    const { x, w, pl, pr, d, of, at } = state, grads = backwardNumbers(state), tap = of === 'tap';
    const { starts, dy, terms, unread } = grads, n = x.length, total = pl + n + pr, fits = starts.length > 0;
    const columns = fits ? total : Math.max(total, d * (w.length - 1) + 1), u = 42, q = half(u);
    const open = new Set(terms.map(([, , place]) => place));
    if (!tap) open.add(pl + at);
    let body = text(30, TOP + q, 'x', 'lab');
    for (const t of range(0, total)) {
      const X = 60 + t * u, inside = t >= pl && t < pl + n, idle = fits && unread.includes(t);
      const kind = (!inside ? 'cl-pad' : idle ? 'cl-idle' : 'cl-in') + (fits && open.has(t) ? ' cl-hot' : '');
      body += cell(X, TOP, u, u, inside ? num(x[t - pl]) : '0', kind, inside && !tap ? `data-x="${t - pl}"` : '')
        + (idle ? hatch(X, TOP, u) : '') + (inside ? text(X + q, 12, t - pl, 'sm') : '');
    }
    if (fits) {
      const middle = (start) => 60 + start * u + half(d * (w.length - 1) * u), y = TOP + 2 * u + GAP + 16;
      body += terms.map(([i, , place]) => `<path class="cl-arm" d="M${60 + place * u + q} ${TOP + u}L${middle(starts[i]) + q} ${tap ? y : TOP + u + GAP}"/>`).join('')
        + text(30, y + q, 'dy', 'lab');
      const hot = new Set(terms.map(([i]) => i));
      starts.forEach((start, i) => {
        body += cell(middle(start), y, u, u, num(dy[i]), hot.has(i) ? 'cl-out cl-hot' : 'cl-out') + text(middle(start) + q, y + u + 12, i, 'sm');
      });
      if (!tap) body += text(30, y - 16 - q, 'w', 'lab');
      if (!tap) for (const [i, j] of terms) body += cell(middle(starts[i]), y - 16 - u, u, u, num(w[j]), 'cl-k cl-hot') + text(middle(starts[i]) + q, y - 8, '×', 'sm');
      const values = tap ? grads.dw : grads.dx, low = TOP + 3 * u + 2 * GAP + 16, first = tap ? 0 : pl;
      body += text(30, low + q, tap ? 'dw' : 'dx', 'lab');
      for (const m of [...range(0, values.length).filter((m) => m !== at), at]) {
        const X = 60 + (first + m) * u;
        body += cell(X, low, u, u, num(values[m]), (tap ? 'cl-k' : 'cl-in') + (m === at ? ' cl-hot' : ''), `data-y="${m}"`) + text(X + q, low + u + 12, m, 'sm');
      }
    }
    return {
      width: Math.max(60 + columns * u + 8, 330), height: fits ? TOP + 4 * u + 2 * GAP + 62 : TOP + u + 8, body,
      alt: `A padded row of ${count(n, 'input')}, ${count(starts.length, 'output gradient')}, `
        + `and the gradient of every ${tap ? 'tap' : 'input'}, with the windows that meet the chosen one.`,
      words: backwardWords(state, grads), below: fits ? backwardSum(state, grads) : '',
    };
  }

  function backwardSum({ x, w, pl, of, at }, { dy, dx, dw, terms }) {
    const tap = of === 'tap', b = (v) => (v < 0 ? `(${num(v)})` : v), letters = [], numbers = [];
    for (const [i, j, place] of terms) {
      const c = place - pl, inside = c >= 0 && c < x.length;
      letters.push(`<b class="${tap ? 'cl-ci' : 'cl-ck'}">${!tap ? `w[${j}]` : inside ? `x[${c}]` : '0'}</b>·dy[${i}]`);
      numbers.push(`${b(tap ? (inside ? x[c] : 0) : w[j])}·${b(dy[i])}`);
    }
    const result = `<b class="${tap ? 'cl-ck' : 'cl-ci'}">${num((tap ? dw : dx)[at])}</b>`;
    const lines = [`${tap ? 'dw' : 'dx'}[${at}] = ${letters.join(' + ') || result}`];
    if (numbers.length) lines.push(`= ${numbers.join(' + ')} = ${result}`);
    return lines.map((line) => `<p class="cl-eq">${line}</p>`).join('');
  }

  function backwardWords({ x, w, pl, of, at }, { starts, dy, dx, dw, terms, remainder: r }) {
    if (!starts.length) return 'The kernel is longer than the padded list: no window fits, there is no gradient.';
    let said = `No window reads input ${at}: no output changes with it, so dx[${at}] = 0.`;
    if (of === 'tap') {
      const inside = terms.map(([, , place]) => place - pl).filter((c) => c >= 0 && c < x.length), zeros = terms.length - inside.length;
      const met = [];
      if (inside.length) met.push(`input${inside.length === 1 ? '' : 's'} ${listed(inside)}`);
      if (zeros) met.push(`${count(zeros, 'zero')} of the padding`);
      said = `Tap ${at}, the weight ${num(w[at])}, meets ${met.join(' and ')}, one for each of ${count(terms.length, 'output')}; dw[${at}] = ${num(dw[at])}.`;
    } else if (terms.length) {
      const ways = listed(terms.map(([i, j]) => `output ${i} through tap ${j}`));
      said = `Input ${at}, the value ${num(x[at])}, is read by ${ways}; dx[${at}] = ${num(dx[at])}.`;
    }
    const rest = r ? ` The last ${r === 1 ? '1 cell lies' : `${r} cells lie`} beyond the last window (r = ${r}).` : '';
    return `${said}${rest} db, the sum of all dy, is ${num(dy.reduce((a, b) => a + b, 0))}.`;
  }

  // ---- handles ------------------------------------------------------------------------------
  const LIMITS = {
    shapes: { n: [1, 24], k: [1, 9], pl: [0, 8], pr: [0, 8], s: [1, 6], d: [1, 5] },
    backward: { pl: [0, 4], pr: [0, 4], s: [1, 4], d: [1, 3] },
    conventions: { n: [1, 9999], k: [1, 999], p: [0, 999], p2: [0, 999], s: [1, 999], d: [0, 99] },
  };
  const TOO_LOW = {
    n: 'there must be something to read', k: 'a kernel has at least one tap',
    s: 'a stride below 1 never moves on', d: 'dilation 1 is the ordinary kernel',
    p: 'padding only adds', p2: 'padding only adds', pl: 'padding only adds', pr: 'padding only adds',
  };
  const ICONS = { back: 'M11 3 4 8l7 5z', on: 'M5 3l7 5-7 5z', play: 'M4 2l9 6-9 6z', pause: 'M4 3h3v10H4zM9 3h3v10H9z' };
  const icon = (name) => `<svg viewBox="0 0 16 16" width="16" height="16" aria-hidden="true"><path d="${ICONS[name]}"/></svg>`;
  const calm = () => matchMedia('(prefers-reduced-motion: reduce)').matches;

  function h(tag, attributes, ...children) {
    const element = document.createElement(tag);
    for (const [key, value] of Object.entries(attributes || {})) {
      if (key.startsWith('on')) element.addEventListener(key.slice(2), value);
      else if (value !== false) element.setAttribute(key, value);
    }
    element.append(...children);
    return element;
  }

  /** A whole number between its limits, or the sentence that helps. */
  function wholeNumber(input, key, [least, most]) {
    const said = input.value.trim(), value = Number(said);
    if (input.validity.badInput || said === '' || Number.isNaN(value)) return `Write a whole number from ${least} to ${most}.`;
    if (!Number.isInteger(value)) return `${said} is not a whole number: use ${least} to ${most}.`;
    if (value < least) return `${num(said)} is too low: ${TOO_LOW[key]}. Use ${least} to ${most}.`;
    if (value > most) return `${said} is too high for this page: use ${least} to ${most}.`;
    return value;
  }

  /** Whole numbers with commas or spaces between, or the sentence that helps. */
  function numberList(said, name, most, largest = 99) {
    const parts = said.replace(/[−–]/g, '-').split(/[\s,;]+/).filter(Boolean);
    const odd = parts.find((part) => !/^[+-]?\d+$/.test(part));
    if (!parts.length) return `Write at least one whole number for ${name}, for example 3, 1, 4.`;
    if (odd) return `“${odd.slice(0, 20)}” is not a whole number. Write for example 3, 1, 4.`;
    if (parts.length > most) return `${parts.length} numbers are too many to draw: ${name} takes at most ${most}.`;
    const long = parts.find((part) => Math.abs(part) > largest);
    return long ? `${num(long.slice(0, 20))} is too long for its cell: use −${largest} to ${largest}.` : parts.map((part) => +part + 0);
  }

  /** What every interactive shares: showing a drawing, and refusing an input with a sentence. */
  function page(figure, serial) {
    const find = (selector) => figure.querySelector(selector);
    const pic = find('.cl-pic'), svg = find('.cl-pic svg'), words = find('.cl-words'), below = find('.cl-below');
    const error = h('p', { class: 'cl-err', id: `cl-err-${serial}`, role: 'alert' });
    const controls = h('div', { class: 'cl-controls', role: 'group', 'aria-label': find('.cl-title').textContent });
    pic.before(controls, error);
    words.setAttribute('aria-live', 'polite');
    const ui = {
      state: JSON.parse(figure.dataset.state), id: `cl-${serial}`, pic, svg, words, controls, syncs: [],
      show(d) {
        const least = Math.floor((d.width * 6) / 10);
        for (const [key, value] of Object.entries({ width: d.width, height: d.height, viewBox: `0 0 ${d.width} ${d.height}`, 'aria-label': d.alt })) svg.setAttribute(key, value);
        svg.style.minWidth = `${least}px`;
        svg.innerHTML = d.body;
        below.innerHTML = d.below;
        if (words.textContent !== d.words) words.textContent = d.words;
        for (const [key, value] of Object.entries({ tabindex: 0, role: 'group', 'aria-label': 'Picture, scrolls sideways' })) {
          if (least > 330) pic.setAttribute(key, value); else pic.removeAttribute(key);
        }
      },
      refuse(input, sentence) {
        error.textContent = sentence;
        if (!input) return;
        input.setAttribute('aria-invalid', 'true');
        input.setAttribute('aria-describedby', error.id);
      },
      accept(news) {
        Object.assign(ui.state, news);
        error.textContent = '';
        for (const input of controls.querySelectorAll('[aria-invalid]')) ['aria-invalid', 'aria-describedby'].forEach((a) => input.removeAttribute(a));
        ui.update();
        ui.syncs.forEach((sync) => sync());
      },
    };
    return ui;
  }

  /** A number field, with a slider beside it where there is room for one. */
  function numberField(ui, limits, key, label, withSlider) {
    const [min, max] = limits[key], id = `${ui.id}-${key}`;
    const take = (event) => {
      const value = wholeNumber(event.target, key, limits[key]);
      if (typeof value === 'string') ui.refuse(event.target, value); else ui.accept({ [key]: value });
    };
    const name = h('label', { for: id }, label);
    const field = h('input', { type: 'number', id, min, max, step: 1, oninput: take });
    const slider = withSlider && h('input', { type: 'range', min, max, step: 1, 'aria-label': `${label}, slider`, oninput: take });
    ui.syncs.push(() => {
      if (document.activeElement !== field || Number(field.value) !== ui.state[key]) field.value = ui.state[key];
      if (slider) slider.value = ui.state[key];
    });
    return h('div', { class: 'cl-field' }, name, ...(slider ? [slider] : []), field);
  }

  function choice(ui, key, legend, options) {
    const boxes = options.map(([value, label]) => {
      const box = h('input', { type: 'radio', name: `${ui.id}-${key}`, onchange: () => ui.accept({ [key]: value }) });
      ui.syncs.push(() => { box.checked = ui.state[key] === value; });
      return h('label', {}, box, h('span', {}, label));
    });
    return h('fieldset', { class: 'cl-choice' }, h('legend', {}, legend), ...boxes);
  }

  function listField(ui, key, label, most, largest) {
    const id = `${ui.id}-${key}`;
    const field = h('input', {
      type: 'text', id, autocomplete: 'off', spellcheck: 'false', oninput: () => {
        const value = numberList(field.value, label.split(' ').at(-1), most, largest);
        if (typeof value === 'string') ui.refuse(field, value); else ui.accept({ [key]: value });
      },
    });
    ui.syncs.push(() => { if (document.activeElement !== field) field.value = ui.state[key].map(num).join(', '); });
    return h('div', { class: 'cl-field' }, h('label', { for: id }, label), field);
  }

  /** The cells marked data-y are one group of radio buttons: arrows and clicks choose, the pointer peeks. */
  function radios({ svg, state }, size, choose, peek) {
    const under = ({ target }) => {
      const { x, y } = target.closest('[data-x], [data-y]')?.dataset || {};
      return y ?? x;
    };
    svg.addEventListener('mouseover', (event) => { const m = under(event); if (m !== undefined) peek(+m); });
    svg.addEventListener('mouseleave', () => peek(null));
    svg.addEventListener('click', (event) => { const m = under(event); if (m !== undefined) choose(+m); });
    svg.addEventListener('keydown', (event) => {
      const o = size(), to = { ArrowRight: state.at + 1, ArrowDown: state.at + 1, ArrowLeft: state.at - 1, ArrowUp: state.at - 1, Home: 0, End: o - 1 }[event.key];
      if (to === undefined) return;
      event.preventDefault();
      choose((to + o) % o);
    });
  }

  /** Show a drawing whose cells are radio buttons, and leave the focus where it was. */
  function showRadios(ui, drawing, prompt, at, name) {
    const { svg, state } = ui, focused = svg.contains(document.activeElement);
    ui.show(drawing);
    svg.setAttribute('role', 'radiogroup');
    svg.setAttribute('aria-label', `${prompt} ${drawing.alt}`);
    for (const part of svg.children) {
      const m = part.dataset.y;
      if (m === undefined) part.setAttribute('aria-hidden', 'true');
      else for (const [key, value] of Object.entries({ role: 'radio', 'aria-checked': +m === at, tabindex: +m === state.at ? 0 : -1, 'aria-label': name(+m) })) part.setAttribute(key, value);
    }
    if (focused) svg.querySelector('[tabindex="0"]')?.focus();
  }

  function setUpSlide(ui) {
    const { state, svg, words } = ui;
    let peek = null, timer = 0, drawn = 0;
    const outputs = () => slideNumbers(state).starts.length;
    const slider = h('input', { type: 'range', min: 0, step: 1, 'aria-label': 'Window', oninput: () => { stop(); ui.accept({ at: +slider.value }); } });
    const step = (by) => { const o = outputs(); if (o) ui.accept({ at: (state.at + by + o) % o }); };
    const button = (label, name, by) => {
      const b = h('button', { type: 'button', 'aria-label': label, onclick: () => { stop(); step(by); } });
      b.innerHTML = icon(name);
      return b;
    };
    const player = h('button', { type: 'button', class: 'cl-play', onclick: () => (timer ? stop() : start()) });
    const face = () => {
      player.innerHTML = `${icon(timer ? 'pause' : 'play')}<span>${timer ? 'Pause' : 'Play'}</span>`;
      words.setAttribute('aria-live', timer || peek !== null ? 'off' : 'polite');
    };
    function start() {
      timer = setInterval(() => { if (!document.hidden && peek === null) step(1); }, state.play ? 2200 : 1500);
      face();
    }
    function stop() { clearInterval(timer); timer = 0; face(); }

    ui.update = () => {
      const o = outputs();
      state.at = Math.max(0, Math.min(state.at, o - 1));
      slider.max = Math.max(0, o - 1);
      slider.value = state.at;
      slider.disabled = o < 2;
      draw();
    };
    function draw() {
      const at = peek === null ? state.at : peek, d = slideDraw({ ...state, at }), { y } = slideNumbers(state);
      showRadios(ui, d, 'Outputs: choose one to see its window.', at, (m) => `output ${m}${m <= at ? `, ${num(y[m])}` : ', not filled yet'}`);
      slider.setAttribute('aria-valuetext', y.length ? `window ${at + 1} of ${y.length}` : 'no window');
      if (d.x !== drawn && !calm()) {
        const from = { transform: `translateX(${drawn - d.x}px)` };
        svg.querySelectorAll('.cl-move').forEach((g) => g.animate([from, { transform: 'none' }], { duration: 240, easing: 'ease-out' }));
      }
      drawn = d.x;
      if (peek === null) ui.pic.scrollLeft = (d.x / d.width) * ui.pic.scrollWidth - ui.pic.clientWidth / 3;
    }
    const look = (m) => { if (m !== peek) { peek = m; face(); draw(); } };
    radios(ui, outputs, (m) => { stop(); ui.accept({ at: m }); }, look);

    ui.controls.append(listField(ui, 'x', 'list x', 12, 99), listField(ui, 'w', 'kernel w', 6, 99),
      choice(ui, 'flip', 'kernel', [[false, 'as it is (correlation)'], [true, 'flipped (convolution)']]),
      choice(ui, 'mode', 'windows', [['valid', 'inside (valid)'], ['full', 'any overlap (full)']]));
    ui.pic.after(h('div', { class: 'cl-transport' }, button('Previous window', 'back', -1), player, button('Next window', 'on', 1), slider));
    drawn = slideDraw(state).x;
    face();
    if (state.play && !calm()) start();
  }

  function setUpShapes(ui) {
    const { state } = ui, limits = LIMITS.shapes;
    const labels = { n: 'inputs n', k: 'taps k', pl: 'zeros before', pr: 'zeros after', s: 'stride s', d: 'dilation d' };
    const presets = { valid: () => [0, 0], same: () => samePads(state), full: () => [state.d * (state.k - 1), state.d * (state.k - 1)] };
    const buttons = Object.entries(presets).map(([name, pads]) => {
      const b = h('button', {
        type: 'button', onclick: () => {
          const [pl, pr] = pads();
          if (Math.max(pl, pr) > limits.pl[1]) ui.refuse(null, `“${name}” needs ${pl} zeros before and ${pr} after; this picture draws at most ${limits.pl[1]} on a side.`);
          else ui.accept({ pl, pr });
        },
      }, name);
      ui.syncs.push(() => { const [pl, pr] = pads(); b.setAttribute('aria-pressed', state.pl === pl && state.pr === pr); });
      return b;
    });
    ui.update = () => ui.show(shapesDraw(state));
    ui.controls.append(...Object.entries(labels).map(([key, label]) => numberField(ui, limits, key, label, true)),
      h('div', { class: 'cl-presets', role: 'group', 'aria-label': 'Padding presets' }, h('span', {}, 'padding'), ...buttons));
  }

  function setUpBackward(ui) {
    const { state } = ui, limits = LIMITS.backward;
    let peek = null;
    const entries = () => (state.of === 'tap' ? state.w : state.x).length;
    const draw = () => {
      const at = peek === null ? state.at : peek, shown = { ...state, at }, tap = state.of === 'tap';
      const values = backwardNumbers(state)[tap ? 'dw' : 'dx'];
      ui.words.setAttribute('aria-live', peek === null ? 'polite' : 'off');
      showRadios(ui, backwardDraw(shown), `Gradients: choose one to see its windows.`, at, (m) => `${tap ? 'dw' : 'dx'} of ${tap ? 'tap' : 'input'} ${m}, ${num(values[m])}`);
    };
    ui.update = () => {
      state.at = Math.max(0, Math.min(state.at, entries() - 1));
      peek = null;
      draw();
    };
    radios(ui, entries, (m) => ui.accept({ at: m }), (m) => { if (m !== peek) { peek = m; draw(); } });
    const labels = { s: 'stride s', d: 'dilation d', pl: 'zeros before', pr: 'zeros after' };
    ui.controls.append(listField(ui, 'x', 'list x', 12, 9), listField(ui, 'w', 'kernel w', 5, 9), listField(ui, 'g', 'gradient dy', 12, 9),
      choice(ui, 'of', 'show the gradient of', [['input', 'an input (dx)'], ['tap', 'a weight (dw)']]),
      ...Object.entries(labels).map(([key, label]) => numberField(ui, limits, key, label, true)));
  }

  function setUpConventions(ui) {
    const { state } = ui, limits = LIMITS.conventions, id = `${ui.id}-from`;
    const field = (key, label) => numberField(ui, limits, key, label);
    const from = h('select', {
      id, onchange: () => {
        const { pads } = DIALECTS[from.value];
        ui.accept({ from: from.value, pad: pads.includes(state.pad) ? state.pad : pads[0], p2: state.p });
      },
    }, ...Object.entries(DIALECTS).map(([value, { name }]) => h('option', { value }, name)));
    const pad = h('select', { id: `${id}-pad`, onchange: () => ui.accept({ pad: pad.value }) });
    const p = field('p', 'p'), p2 = field('p2', 'p after'), d = field('d', 'dilation d');
    ui.syncs.push(() => {
      const number = state.pad === 'number', onnx = state.from === 'onnx';
      from.value = state.from;
      pad.replaceChildren(...DIALECTS[state.from].pads.map((kind) => h('option', { value: kind }, KINDS[kind])));
      pad.value = state.pad;
      p.hidden = !number;
      p2.hidden = !number || !onnx;
      p.firstChild.textContent = onnx ? 'p before' : state.from === 'd2l' ? 'p in all' : 'p each side';
      d.firstChild.textContent = state.from === 'cs231n' ? 'holes d' : 'dilation d';
    });
    ui.update = () => ui.show(conventionsDraw(state));
    ui.controls.append(h('div', { class: 'cl-field' }, h('label', { for: id }, 'written for'), from),
      field('n', 'inputs n'), field('k', 'taps k'), h('div', { class: 'cl-field' }, h('label', { for: `${id}-pad` }, 'padding'), pad),
      p, p2, field('s', 'stride s'), d);
  }

  const SET_UP = { slide: setUpSlide, shapes: setUpShapes, backward: setUpBackward, conventions: setUpConventions };
  let serial = 0;

  function upgrade(root) {
    for (const figure of root.querySelectorAll('.cl-explore:not([data-on])')) {
      const setUp = SET_UP[figure.dataset.explore];
      if (setUp && figure.querySelector('.cl-pic svg')) {
        figure.dataset.on = '';
        const ui = page(figure, serial++);
        setUp(ui);
        ui.accept({});
      }
    }
  }

  window.convExplore = {
    compute: { slide: slideNumbers, shapes: shapesNumbers, backward: backwardNumbers, conventions: conventionsNumbers },
    draw: { slide: slideDraw, shapes: shapesDraw, backward: backwardDraw, conventions: conventionsDraw },
    parse: numberList,
    upgrade,
    watch() {
      upgrade(document);
      new MutationObserver(() => upgrade(document)).observe(document.body, { childList: true, subtree: true });
    },
  };
  if (document.readyState === 'loading') document.addEventListener('DOMContentLoaded', () => upgrade(document));
  else upgrade(document);
})();
