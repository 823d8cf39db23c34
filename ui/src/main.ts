// Starts the page.

import '@fontsource-variable/inter';
import '$/styles/tokens.css';
import '$/styles/base.css';
import { mount } from 'svelte';
import { compose } from '$/app/compose';
import { openHost } from '$/lib/host';
import App from './App.svelte';

const target = document.getElementById('app');
if (target === null) throw new Error('the page has no #app');
mount(App, { target, props: { app: compose(openHost()) } });
